import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { matchesPattern } from '@conveyor/patterns/routing/rabbitmq';
import { choreography } from '@conveyor/patterns/saga-choreography/choreography';
import { consumerNames, consumerSpec } from './consumers.ts';
import { kafkaTopology, topicsOfConsumer } from './kafka.ts';
import { rabbitTopology } from './rabbitmq.ts';
import { addressOf, brokersOf, priorities, quoteChannels, type RoutedType, routes } from './routes.ts';

const routedTypes = Object.keys(routes) as RoutedType[];
const queueNames = new Set(rabbitTopology.queues.map(({ name }) => name));
const exchanges = new Map(rabbitTopology.exchanges.map(({ name, type }) => [name, type]));
const topics = new Set(kafkaTopology.topics.map(({ name }) => name));

/** The queues that a message sent to this address arrives in, by RabbitMQ's rules. */
function queuesOf(exchange: string, key: string): readonly string[] {
  const type = exchanges.get(exchange);
  return rabbitTopology.bindings
    .filter((binding) => binding.exchange === exchange)
    .filter(
      (binding) =>
        type === 'fanout' || (type === 'topic' ? matchesPattern(binding.key, key) : binding.key === key),
    )
    .map(({ queue }) => queue);
}

const takers = (type: RoutedType) =>
  consumerNames.filter((name) => {
    const { takes } = consumerSpec(name);
    return takes === '#' ? routes[type].exchange === 'events' : takes.includes(type);
  });

test('names are unique, and every binding joins an exchange and a queue that exist', () => {
  deepStrictEqual(rabbitTopology.queues.length, queueNames.size);
  deepStrictEqual(kafkaTopology.topics.length, topics.size);
  for (const { exchange, queue } of rabbitTopology.bindings)
    ok(exchanges.has(exchange) && queueNames.has(queue), `${exchange} → ${queue}`);
});

for (const type of routedTypes) {
  test(`${type} reaches exactly the queues of those who take it, and a topic that they read`, () => {
    const address = addressOf(type, 'rabbitmq', 'an-order');
    deepStrictEqual([...queuesOf(address.channel, address.key)].sort(), takers(type).sort());
    for (const priority of ['express', 'standard', 'low'] as const) {
      const { channel, key } = addressOf(type, 'kafka', 'an-order', priority);
      ok(topics.has(channel), channel);
      deepStrictEqual(key, 'an-order');
      for (const name of takers(type))
        ok(topicsOfConsumer(name).includes(channel), `${name} reads ${channel}`);
    }
  });
}

test('every consumer has a queue, dead letters on both brokers, and reads only topics that exist', () => {
  for (const name of consumerNames) {
    const queue = rabbitTopology.queues.find((each) => each.name === name);
    ok(queue, name);
    const target = [
      queue.arguments?.['x-dead-letter-exchange'],
      queue.arguments?.['x-dead-letter-routing-key'],
    ].map(String);
    deepStrictEqual(queuesOf(target[0] ?? '', target[1] ?? ''), [`${name}.dead`]);
    ok(topics.has(`${name}-dlq`), name);
    for (const topic of topicsOfConsumer(name)) ok(topics.has(topic), `${name} reads ${topic}`);
  }
});

test('quorum queues have a delivery limit, and dead-letter at least once', () => {
  for (const queue of rabbitTopology.queues.filter(({ type }) => type === 'quorum')) {
    ok(Number(queue.arguments?.['x-delivery-limit']) > 0, queue.name);
    if (!queue.arguments?.['x-dead-letter-exchange']) continue;
    deepStrictEqual(queue.arguments['x-dead-letter-strategy'], 'at-least-once', queue.name);
    deepStrictEqual(queue.arguments['x-overflow'], 'reject-publish', queue.name);
  }
});

test('classic queues, which have no delivery limit, are used only for priorities and questions', () => {
  const classic = rabbitTopology.queues.filter(({ type }) => type === 'classic').map(({ name }) => name);
  const prioritised = consumerNames.filter((name) => consumerSpec(name).prioritised);
  deepStrictEqual(classic.sort(), [...prioritised, quoteChannels.rabbitmq.requests].sort());
});

test('the log of all orders keeps everything, and also has the orders of RabbitMQ', () => {
  const log = kafkaTopology.topics.find(({ name }) => name === 'order-events');
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
