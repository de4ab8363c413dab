import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { matchesPattern } from '@conveyor/patterns/routing/rabbitmq';
import { choreography } from '@conveyor/patterns/saga-choreography/choreography';
import { consumerNames, consumerSpec } from './consumers.ts';
import { type DelayedType, delayedRoutes } from './delays.ts';
import { delayTopicsOfConsumer, isDelayTopicOfConsumer, kafkaTopology, topicsOfConsumer } from './kafka.ts';
import { rabbitTopology } from './rabbitmq.ts';
import { addressOf, brokersOf, priorities, quoteChannels, type RoutedType, routes } from './routes.ts';

const delays = { orderExpiresAfterMs: 12_345 };
const [rabbit, kafka] = [rabbitTopology(delays), kafkaTopology(delays)];
const routedTypes = Object.keys(routes) as RoutedType[];
const queueNames = new Set(rabbit.queues.map(({ name }) => name));
const exchanges = new Map(rabbit.exchanges.map(({ name, type }) => [name, type]));
const topics = new Set(kafka.topics.map(({ name }) => name));

/** The queues that a message sent to this address arrives in, by RabbitMQ's rules. */
function queuesOf(exchange: string, key: string): readonly string[] {
  if (exchange === '') return queueNames.has(key) ? [key] : [];
  const type = exchanges.get(exchange);
  return rabbit.bindings
    .filter((binding) => binding.exchange === exchange)
    .filter(
      (binding) =>
        type === 'fanout' || (type === 'topic' ? matchesPattern(binding.key, key) : binding.key === key),
    )
    .map(({ queue }) => queue);
}

/** The queues that the messages of a queue go on to when it does not keep them. */
function queuesAfter(name: string): readonly string[] {
  const given = rabbit.queues.find((queue) => queue.name === name)?.arguments;
  return queuesOf(String(given?.['x-dead-letter-exchange']), String(given?.['x-dead-letter-routing-key']));
}

const takers = (type: RoutedType | DelayedType) =>
  consumerNames.filter((name) => {
    const { takes } = consumerSpec(name);
    if (takes !== '#') return takes.includes(type);
    return type in routes && routes[type as RoutedType].exchange === 'events';
  });

test('names are unique, and every binding joins an exchange and a queue that exist', () => {
  deepStrictEqual(rabbit.queues.length, queueNames.size);
  deepStrictEqual(kafka.topics.length, topics.size);
  for (const { exchange, queue } of rabbit.bindings)
    ok(exchanges.has(exchange) && queueNames.has(queue), `${exchange} → ${queue}`);
});

for (const type of routedTypes) {
  test(`${type} reaches exactly the queues of those who take it, and a topic that they read`, () => {
    const address = addressOf(type, 'rabbitmq', 'an-order', delays);
    deepStrictEqual([...queuesOf(address.channel, address.key)].sort(), takers(type).sort());
    for (const priority of ['express', 'standard', 'low'] as const) {
      const { channel, key } = addressOf(type, 'kafka', 'an-order', delays, priority);
      ok(topics.has(channel), channel);
      deepStrictEqual(key, 'an-order');
      for (const name of takers(type))
        ok(topicsOfConsumer(name).includes(channel), `${name} reads ${channel}`);
    }
  });
}

for (const [type, { delay, consumer }] of Object.entries(delayedRoutes)) {
  test(`${type} waits where the delay is in the name, and then reaches ${consumer}, which alone takes it`, () => {
    const delayed = type as DelayedType;
    deepStrictEqual(takers(delayed), [consumer]);

    const { channel: exchange, key } = addressOf(delayed, 'rabbitmq', 'an-order', delays);
    ok(key.endsWith(`.${delays[delay]}`), key);
    deepStrictEqual(queuesOf(exchange, key), [key]);
    deepStrictEqual(queuesAfter(key), [consumer]);
    ok(
      rabbit.bindings.every(({ queue }) => queue !== key),
      'a former delay must not get copies',
    );

    const { channel: topic, key: partitionKey } = addressOf(delayed, 'kafka', 'an-order', delays);
    ok(topic.endsWith(`-${delays[delay]}`) && topics.has(topic), topic);
    deepStrictEqual(partitionKey, 'an-order');
    deepStrictEqual(delayTopicsOfConsumer(consumer, delays), [topic]);
  });
}

test('every queue with a time to live has it in its name and hands its messages on; the questions expire for good', () => {
  const waiting = rabbit.queues.filter(({ arguments: given }) => given?.['x-message-ttl'] !== undefined);
  deepStrictEqual(
    waiting.map(({ name }) => name),
    [`order.expiry.delay.${delays.orderExpiresAfterMs}`, quoteChannels.rabbitmq.requests],
  );
  deepStrictEqual(waiting[0]?.arguments?.['x-message-ttl'], delays.orderExpiresAfterMs);
});

test('a group reads the delay topics of every setting there ever was, and no others', () => {
  const former = addressOf('order.expire', 'kafka', 'an-order', { orderExpiresAfterMs: 99 }).channel;
  ok(!topics.has(former) && isDelayTopicOfConsumer('order.expiry', former));
  const present = [...topics].filter((topic) => isDelayTopicOfConsumer('order.expiry', topic));
  deepStrictEqual(present, delayTopicsOfConsumer('order.expiry', delays));
  deepStrictEqual(delayTopicsOfConsumer('order.events', delays), []);
});

test('every consumer has a queue, dead letters on both brokers, and reads only topics that exist', () => {
  for (const name of consumerNames) {
    deepStrictEqual(queuesAfter(name), [`${name}.dead`]);
    ok(topics.has(`${name}-dlq`), name);
    for (const topic of [...topicsOfConsumer(name), ...delayTopicsOfConsumer(name, delays)])
      ok(topics.has(topic), `${name} reads ${topic}`);
  }
});

test('quorum queues have a delivery limit, and dead-letter at least once', () => {
  for (const queue of rabbit.queues.filter(({ type }) => type === 'quorum')) {
    ok(Number(queue.arguments?.['x-delivery-limit']) > 0, queue.name);
    if (!queue.arguments?.['x-dead-letter-exchange']) continue;
    deepStrictEqual(queue.arguments['x-dead-letter-strategy'], 'at-least-once', queue.name);
    deepStrictEqual(queue.arguments['x-overflow'], 'reject-publish', queue.name);
  }
});

test('classic queues, which have no delivery limit, are used only for priorities and questions', () => {
  const classic = rabbit.queues.filter(({ type }) => type === 'classic').map(({ name }) => name);
  const prioritised = consumerNames.filter((name) => consumerSpec(name).prioritised);
  deepStrictEqual(classic.sort(), [...prioritised, quoteChannels.rabbitmq.requests].sort());
});

test('the log of all orders keeps everything, and also has the orders of RabbitMQ', () => {
  const log = kafka.topics.find(({ name }) => name === 'order-events');
  deepStrictEqual(log?.config, { 'retention.ms': '-1', 'retention.bytes': '-1' });
  deepStrictEqual(brokersOf('order.paid', 'rabbitmq'), ['rabbitmq', 'kafka']);
  deepStrictEqual(brokersOf('order.paid', 'kafka'), ['kafka']);
  deepStrictEqual(brokersOf('inventory.reserved', 'rabbitmq'), ['rabbitmq']);
});

test('express is above standard is above low', () => {
  ok(
    priorities.express.level > priorities.standard.level && priorities.standard.level > priorities.low.level,
  );
});

test('every step of the choreography is heard by a consumer of its service', () => {
  for (const { when, service } of choreography) {
    const heard = takers(when as RoutedType).some((name) => name.startsWith(`${service}.`));
    ok(heard, `${service} hears ${when}`);
  }
});
