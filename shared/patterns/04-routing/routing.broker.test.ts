import { deepStrictEqual, notDeepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { createKafkaBroker } from '@conveyor/brokers/kafka';
import { eventTopic } from '@conveyor/patterns/routing/kafka';
import { bindAll, directExchange, matchesPattern, topicExchange } from '@conveyor/patterns/routing/rabbitmq';
import { buildMessage } from '@conveyor/testing/build-message';
import { collect } from '@conveyor/testing/collect';
import { eventually } from '@conveyor/testing/eventually';
import { serverUrl } from '@conveyor/testing/server-url';
import { startTestRabbit, testQueue } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';

const timeoutMs = 20_000;
const patterns = ['order.*', 'order.created', '*.created', '#', 'order.#', '#.created', '*'];
const keys = ['order.created', 'order.paid', 'product.created', 'order.item.created', 'order', 'created', ''];

test('rabbitmq: a topic exchange delivers by pattern, as matchesPattern says', async (t) => {
  const exchange = topicExchange(uniqueName('events'));
  const queues = patterns.map((pattern) => ({ pattern, queue: uniqueName('queue') }));
  const broker = await startTestRabbit({
    exchanges: [exchange],
    queues: queues.map(({ queue }) => testQueue(queue)),
    bindings: queues.flatMap(({ pattern, queue }) => bindAll(exchange.name, queue, [pattern])),
  });
  t.after(() => broker.close());
  await broker.publisher.publish(keys.map((key) => buildMessage({ channel: exchange.name, key })));

  for (const { pattern, queue } of queues) {
    const { deliveries, consumer } = collect(broker, queue);
    const expected = keys.filter((key) => matchesPattern(pattern, key)).sort();
    await eventually(
      () => deepStrictEqual(deliveries.map(({ origin }) => origin.address.key).sort(), expected),
      {
        timeoutMs,
      },
    );
    await consumer.stop(1_000);
  }
});

test('rabbitmq: a queue whose patterns both match gets one copy', async (t) => {
  const exchange = topicExchange(uniqueName('events'));
  const queue = uniqueName('queue');
  const broker = await startTestRabbit({
    exchanges: [exchange],
    queues: [testQueue(queue)],
    bindings: bindAll(exchange.name, queue, ['order.*', '*.created']),
  });
  t.after(() => broker.close());
  await broker.publisher.publish(
    ['order.created', 'order.paid'].map((key) => buildMessage({ channel: exchange.name, key })),
  );
  const { deliveries, consumer } = collect(broker, queue);
  await eventually(() => deepStrictEqual(deliveries.length, 2), { timeoutMs });
  deepStrictEqual(deliveries.map(({ origin }) => origin.address.key).sort(), ['order.created', 'order.paid']);
  await consumer.stop(1_000);
});

test('rabbitmq: a direct exchange takes keys literally, and what no queue is bound for comes back as unroutable', async (t) => {
  const exchange = directExchange(uniqueName('commands'));
  const queue = uniqueName('queue');
  const broker = await startTestRabbit({
    exchanges: [exchange],
    queues: [testQueue(queue)],
    bindings: bindAll(exchange.name, queue, ['payment.charge', 'payment.*']),
  });
  t.after(() => broker.close());
  const outcomes = await broker.publisher.publish(
    ['payment.charge', 'payment.refund'].map((key) => buildMessage({ channel: exchange.name, key })),
  );
  deepStrictEqual(
    outcomes.map(({ status }) => status),
    ['confirmed', 'unroutable'],
  );
});

test('kafka: the key chooses the partition, so messages of one key stay in order and keys spread', async (t) => {
  const topic = eventTopic(uniqueName('events'), 4);
  const broker = createKafkaBroker({
    brokers: serverUrl('KAFKA_BROKERS').split(','),
    topology: { topics: [topic] },
    clientId: uniqueName('client'),
  });
  broker.start();
  await broker.connected(AbortSignal.timeout(timeoutMs));
  t.after(() => broker.close());
  const subjects = Array.from({ length: 8 }, () => uniqueName('order'));
  const sent = ['1', '2', '3'].flatMap((body) =>
    subjects.map((subject) => buildMessage({ channel: topic.name, subject, body })),
  );
  await broker.publisher.publish(sent);

  const { deliveries, consumer } = collect(broker, topic.name);
  await eventually(() => deepStrictEqual(deliveries.length, sent.length), { timeoutMs });
  const partitions = new Set<string>();
  for (const subject of subjects) {
    const own = deliveries.filter(({ origin }) => origin.address.key === subject);
    deepStrictEqual(
      own.map(({ body }) => String(body)),
      ['1', '2', '3'],
    );
    const where = new Set(own.map(({ origin }) => origin.position?.split(':')[0] ?? ''));
    deepStrictEqual(where.size, 1);
    for (const partition of where) partitions.add(partition);
  }
  notDeepStrictEqual(partitions.size, 1);
  await consumer.stop(1_000);
});
