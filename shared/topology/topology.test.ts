import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '@conveyor/brokers';
import { matchesPattern } from '@conveyor/patterns/routing/rabbitmq';
import { choreography } from '@conveyor/patterns/saga-choreography/choreography';
import { consumerNames, consumerSpec, queueConsumers } from './consumers.ts';
import { type DelayedType, delayedRoutes } from './delays.ts';
import {
  delayTopicsOfConsumer,
  isDelayTopicOfConsumer,
  kafkaTopology,
  sharesOfConsumer,
  topicsOfConsumer,
} from './kafka.ts';
import { rabbitTopology } from './rabbitmq.ts';
import { placesOf } from './retries.ts';
import { addressOf, brokersOf, priorities, quoteChannels, type RoutedType, routes } from './routes.ts';

const delays = { orderExpiresAfterMs: 12_345 };
const retryDelaysMs = [1_000, 5_000];
const [rabbit, kafka] = [rabbitTopology(delays, retryDelaysMs), kafkaTopology(delays, retryDelaysMs)];
const routedTypes = Object.keys(routes) as RoutedType[];
const queueNames = new Set(rabbit.queues.map(({ name }) => name));
const exchanges = new Map(rabbit.exchanges.map(({ name, type }) => [name, type]));
const topics = new Set(kafka.topics.map(({ name }) => name));

const deliveryOf = (priority?: number): Delivery => ({
  attributes: {},
  headers: {},
  body: Buffer.alloc(0),
  origin: { broker: 'kafka', channel: 'a-topic', address: { channel: 'a-topic', key: 'an-order' } },
  redelivered: false,
  ...(priority !== undefined && { priority }),
});

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
    const queues = takers(type).filter((name) => queueConsumers.includes(name));
    deepStrictEqual([...queuesOf(address.channel, address.key)].sort(), queues.sort());
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
  for (const { name, arguments: given } of waiting) {
    if (name === quoteChannels.rabbitmq.requests) {
      deepStrictEqual(given?.['x-dead-letter-exchange'], undefined);
      continue;
    }
    ok(name.endsWith(`.${given?.['x-message-ttl']}`), name);
    deepStrictEqual(queuesAfter(name).length, 1, name);
  }
});

test('a group reads the delay topics of every setting there ever was, and no others', () => {
  const former = addressOf('order.expire', 'kafka', 'an-order', { orderExpiresAfterMs: 99 }).channel;
  ok(!topics.has(former) && isDelayTopicOfConsumer('order.expiry', former));
  const present = [...topics].filter((topic) => isDelayTopicOfConsumer('order.expiry', topic));
  deepStrictEqual(present, delayTopicsOfConsumer('order.expiry', delays));
  deepStrictEqual(delayTopicsOfConsumer('order.events', delays), []);
});

test('every consumer has a queue, dead letters on both brokers, and reads only topics that exist', () => {
  for (const name of queueConsumers) deepStrictEqual(queuesAfter(name), [`${name}.dead`]);
  for (const name of consumerNames) {
    ok(topics.has(`${name}-dlq`), name);
    for (const topic of [...topicsOfConsumer(name), ...delayTopicsOfConsumer(name, delays)])
      ok(topics.has(topic), `${name} reads ${topic}`);
  }
});

test('a failed message waits in a place of its consumer for each wait, and comes back to that consumer alone', () => {
  for (const name of consumerNames) {
    for (const delayMs of [0, ...retryDelaysMs]) {
      const { channel, key } = placesOf(name, 'kafka').retry(deliveryOf(), delayMs);
      ok(topics.has(channel) && channel === `${name}-retry-${delayMs}`, channel);
      deepStrictEqual(key, 'an-order');
    }
    deepStrictEqual(placesOf(name, 'kafka').dead(deliveryOf()).channel, `${name}-dlq`);
  }
  for (const name of queueConsumers) {
    const { prioritised } = consumerSpec(name);
    const levels = prioritised ? Object.values(priorities).map(({ level }) => level) : [undefined];
    for (const delayMs of retryDelaysMs) {
      for (const priority of levels) {
        const delivery = deliveryOf(priority);
        const { channel: exchange, key } = placesOf(name, 'rabbitmq').retry(delivery, delayMs);
        deepStrictEqual(queuesOf(exchange, key), [key]);
        ok(key.startsWith(`${name}.retry.`) && key.endsWith(`.${delayMs}`), key);
        deepStrictEqual(queuesAfter(key), [name]);
      }
    }
    const { channel: exchange, key } = placesOf(name, 'rabbitmq').dead(deliveryOf());
    deepStrictEqual(queuesOf(exchange, key), [`${name}.dead`]);
  }
});

test('who reads the log has no queue on RabbitMQ, where nobody would empty it', () => {
  for (const name of consumerNames.filter((consumer) => consumerSpec(consumer).readsLog))
    ok(
      [...queueNames].every((queue) => !queue.startsWith(name)),
      name,
    );
});

test('messages of different priorities wait apart, since only the head of a queue expires', () => {
  const places = [10, 5, 1].map((level) =>
    placesOf('payment.charge', 'rabbitmq').retry(deliveryOf(level), 1_000),
  );
  deepStrictEqual(new Set(places.map(({ key }) => key)).size, 3);
});

test('without a wait a message goes straight to its consumer', () => {
  deepStrictEqual(placesOf('payment.charge', 'rabbitmq').retry(deliveryOf(5), 0), {
    channel: '',
    key: 'payment.charge',
  });
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

test('a cluster gets quorum queues only: the same ones, with the same dead letters', () => {
  const { queues, bindings, exchanges: same } = rabbitTopology(delays, retryDelaysMs, 'quorum');
  deepStrictEqual(new Set(queues.map(({ name }) => name)), queueNames);
  deepStrictEqual([bindings, same], [rabbit.bindings, rabbit.exchanges]);
  for (const { name, type, arguments: given } of queues) {
    ok(type === 'quorum' && Number(given?.['x-delivery-limit']) > 0, name);
    deepStrictEqual(given?.['x-max-priority'], undefined, name);
    const before = rabbit.queues.find((queue) => queue.name === name);
    for (const kept of ['x-message-ttl', 'x-dead-letter-exchange', 'x-dead-letter-routing-key'])
      deepStrictEqual(given?.[kept], before?.arguments?.[kept], name);
    if (given?.['x-dead-letter-exchange'] !== undefined)
      deepStrictEqual(given['x-dead-letter-strategy'], 'at-least-once', name);
  }
});

test('the log of all orders keeps everything, and also has the orders of RabbitMQ', () => {
  const log = kafka.topics.find(({ name }) => name === 'order-events');
  deepStrictEqual(log?.config, {
    'cleanup.policy': 'delete',
    'retention.ms': '-1',
    'retention.bytes': '-1',
  });
  deepStrictEqual(brokersOf('order.paid', 'rabbitmq'), ['rabbitmq', 'kafka']);
  deepStrictEqual(brokersOf('order.paid', 'kafka'), ['kafka']);
  deepStrictEqual(brokersOf('inventory.reserved', 'rabbitmq'), ['rabbitmq']);
});

for (const name of consumerNames.filter((consumer) => consumerSpec(consumer).prioritised)) {
  test(`${name} has a queue with levels on RabbitMQ, and on Kafka a topic of each level with its share`, () => {
    const queue = rabbit.queues.find((other) => other.name === name);
    deepStrictEqual(queue?.arguments?.['x-max-priority'], priorities.express.level);
    const levelTopics = topicsOfConsumer(name);
    deepStrictEqual(
      levelTopics.map((topic) => topic.split('-').at(-1)),
      ['high', 'normal', 'low'],
    );
    deepStrictEqual(
      levelTopics.map((topic) => sharesOfConsumer(name)?.(topic)),
      [9, 3, 1],
    );
  });
}

test('who has no priorities has neither levels nor shares', () => {
  for (const name of consumerNames.filter((consumer) => !consumerSpec(consumer).prioritised)) {
    const queue = rabbit.queues.find((other) => other.name === name);
    deepStrictEqual(queue?.arguments?.['x-max-priority'], undefined, name);
    deepStrictEqual(sharesOfConsumer(name), undefined, name);
  }
});

test('snapshots of all orders go to a compacted topic of Kafka, by the order, and nowhere else', () => {
  const { channel, key } = addressOf('order.snapshot', 'kafka', 'an-order', delays);
  deepStrictEqual([channel, key], ['order-snapshots', 'an-order']);
  deepStrictEqual(kafka.topics.find(({ name }) => name === channel)?.config, { 'cleanup.policy': 'compact' });
  for (const broker of ['rabbitmq', 'kafka', undefined] as const) {
    deepStrictEqual(brokersOf('order.snapshot', broker), ['kafka']);
  }
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

const dayMs = 24 * 3_600_000;

test('topics keep work for 90 days after it is due, and dead letters and the log for ever', () => {
  const quotes: readonly string[] = Object.values(quoteChannels.kafka);
  for (const { name, config = {} } of kafka.topics) {
    if (quotes.includes(name) || config['cleanup.policy'] === 'compact') continue;
    const [, waitMs = '0'] = /-(?:retry|delay)-(\d+)$/.exec(name) ?? [];
    const retentionMs = Number(config['retention.ms']);
    const isForEver = name.endsWith('-dlq') || name === 'order-events';
    ok(
      isForEver ? retentionMs === -1 : retentionMs >= 90 * dayMs + Number(waitMs),
      `${name}: ${retentionMs}`,
    );
  }
});

test('what failed finds room with its account, however large it is, and a dead letter is handed back as often as it may take', () => {
  const largest = 1_048_588;
  for (const { name, config = {} } of kafka.topics.filter((topic) => /-dlq$|-retry-\d+$/.test(topic.name)))
    ok(Number(config['max.message.bytes']) > 2 * largest, name);
  const dead = rabbit.queues.filter(({ name }) => name.endsWith('.dead'));
  deepStrictEqual(dead.length, queueConsumers.length);
  for (const { name, arguments: given } of dead) ok(Number(given?.['x-delivery-limit']) >= 1_000_000, name);
});
