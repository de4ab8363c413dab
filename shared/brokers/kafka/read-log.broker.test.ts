import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { buildMessage } from '@conveyor/testing/build-message';
import { eventually } from '@conveyor/testing/eventually';
import { publishAll } from '@conveyor/testing/publish-all';
import { serverUrl } from '@conveyor/testing/server-url';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { uniqueName } from '@conveyor/testing/unique-name';
import kafkajs, { type Admin, type Producer } from 'kafkajs';
import { playOnKafka } from '../conformance/kafka-ground.ts';
import type { Broker, Delivery, OutgoingMessage } from '../port.ts';
import { type ReadLogOptions, readLog } from './read-log.ts';

const { Kafka, logLevel } = kafkajs;
const brokers = serverUrl('KAFKA_BROKERS').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const admin: Admin = kafka.admin();

before(() => admin.connect());
after(() => admin.disconnect());

/** A topic of its own, and a broker to fill it with. */
async function openTopic(t: TestContext): Promise<{ topic: string; broker: Broker }> {
  const topic = uniqueName('log');
  const broker = await startTestKafka([topic]);
  t.after(() => broker.close());
  return { topic, broker };
}

const send = (broker: Broker, messages: readonly OutgoingMessage[]) => publishAll(broker.publisher, messages);

/** `count` messages of each key, the keys taking turns. */
function messagesOf(topic: string, keys: readonly string[], count: number): OutgoingMessage[] {
  return Array.from({ length: count }, (_, n) =>
    keys.map((key) => buildMessage({ channel: topic, subject: key, body: JSON.stringify({ key, n }) })),
  ).flat();
}

async function read(topic: string, more: Partial<ReadLogOptions> = {}): Promise<Delivery[]> {
  const read: Delivery[] = [];
  const onBatch = async (deliveries: readonly Delivery[]) => void read.push(...deliveries);
  await readLog({ brokers, clientId: uniqueName('reader') }, { topic, onBatch, ...more });
  return read;
}

const bodies = (deliveries: readonly Delivery[]) => deliveries.map(({ body }) => body.toString());
const numbersOf = (key: string, deliveries: readonly Delivery[]) =>
  deliveries
    .filter(({ origin }) => origin.address.key === key)
    .map(({ body }) => JSON.parse(body.toString()).n as number);

async function producer(t: TestContext, transactionalId: string): Promise<Producer> {
  const made = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
  await made.connect();
  t.after(() => made.disconnect());
  return made;
}

test('a log is read whole, each key in its order, as often as one likes', async (t) => {
  const { topic, broker } = await openTopic(t);
  const keys = ['a', 'b', 'c', 'd', 'e'];
  await send(broker, messagesOf(topic, keys, 200));
  for (const _ of [1, 2]) {
    const deliveries = await read(topic);
    strictEqual(deliveries.length, 1_000);
    for (const key of keys) {
      deepStrictEqual(
        numbersOf(key, deliveries),
        Array.from({ length: 200 }, (_, n) => n),
      );
    }
  }
});

test('a delivery is what was sent', async (t) => {
  const { topic, broker } = await openTopic(t);
  const message = buildMessage({ channel: topic, subject: 'a', body: '{"n":1}' });
  await send(broker, [message]);
  const [delivery] = await read(topic);
  deepStrictEqual(delivery?.attributes, message.attributes);
  deepStrictEqual(delivery?.origin.address, message.address);
});

test('with a key only its messages are read', async (t) => {
  const { topic, broker } = await openTopic(t);
  const keys = Array.from({ length: 20 }, (_, n) => `key-${n}`);
  await send(broker, messagesOf(topic, keys, 3));
  for (const key of ['key-0', 'key-7', 'key-19']) {
    deepStrictEqual(
      bodies(await read(topic, { key })),
      [0, 1, 2].map((n) => JSON.stringify({ key, n })),
    );
  }
  deepStrictEqual(await read(topic, { key: 'nobody' }), []);
});

test('an empty topic has been read at once, and one that does not exist is an error', async (t) => {
  const { topic } = await openTopic(t);
  deepStrictEqual(await read(topic), []);
  await rejects(read(uniqueName('nowhere')), /Kafka has no topic .*nowhere/);
});

test('what is written while it is read is not waited for', async (t) => {
  const { topic, broker } = await openTopic(t);
  await send(broker, messagesOf(topic, ['a', 'b'], 10));
  let batches = 0;
  const seen: Delivery[] = [];
  await read(topic, {
    async onBatch(deliveries) {
      seen.push(...deliveries);
      if (batches++ === 0) await send(broker, messagesOf(topic, ['a', 'b'], 10));
    },
  });
  strictEqual(seen.length, 20);
});

test('a log whose beginning has been deleted is read from what is left, one that is all deleted is empty', async (t) => {
  const { topic, broker } = await openTopic(t);
  await send(broker, messagesOf(topic, ['a'], 5));
  const [first] = await read(topic);
  const partition = Number(first?.origin.position?.split(':')[0]);
  // The admin client deletes only where it knows the leader, which this makes it ask for.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: '3' }] });
  deepStrictEqual(numbersOf('a', await read(topic)), [3, 4]);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: '-1' }] });
  deepStrictEqual(await read(topic), []);
});

for (const outcome of ['commit', 'abort'] as const) {
  test(`it comes to an end where the last offset is the mark of a transaction: ${outcome}`, async (t) => {
    const { topic, broker } = await openTopic(t);
    await send(broker, messagesOf(topic, ['a'], 2));
    const transaction = await (await producer(t, uniqueName('transaction'))).transaction();
    await transaction.send({ topic, messages: [{ key: 'a', value: '{"n":2}' }] });
    await transaction[outcome]();
    // Its mark is written a moment after the producer has been told.
    await eventually(async () => {
      const [offsets] = await admin
        .fetchTopicOffsets(topic)
        .then((all) => all.filter(({ high }) => high !== '0'));
      strictEqual(offsets?.high, '4');
    });
    deepStrictEqual(numbersOf('a', await read(topic)), outcome === 'commit' ? [0, 1, 2] : [0, 1]);
  });
}

test('of a transaction under way nothing is read, and it is not waited for', async (t) => {
  const { topic, broker } = await openTopic(t);
  await send(broker, messagesOf(topic, ['a'], 2));
  const transaction = await (await producer(t, uniqueName('transaction'))).transaction();
  await transaction.send({ topic, messages: [{ key: 'a', value: '{"n":2}' }] });
  deepStrictEqual(numbersOf('a', await read(topic)), [0, 1]);
  await transaction.abort();
});

test('no consumer group is left behind, whether it went well or not', async (t) => {
  const { topic, broker } = await openTopic(t);
  await send(broker, messagesOf(topic, ['a'], 2));
  const clientId = uniqueName('reader');
  await readLog({ brokers, clientId }, { topic, onBatch: async () => {} });
  const failure = new Error('not today');
  const onBatch = () => Promise.reject(failure);
  await rejects(readLog({ brokers, clientId }, { topic, onBatch }), failure);
  const { groups } = await admin.listGroups();
  deepStrictEqual(
    groups.filter(({ groupId }) => groupId.startsWith(clientId)),
    [],
  );
});

test('it can be broken off', async (t) => {
  const { topic, broker } = await openTopic(t);
  await send(broker, messagesOf(topic, ['a', 'b', 'c'], 10));
  const stopping = new AbortController();
  const reason = new Error('enough');
  const onBatch = async () => stopping.abort(reason);
  await rejects(read(topic, { onBatch, signal: stopping.signal }), reason);
  await rejects(read(topic, { signal: AbortSignal.abort(reason) }), reason);
});

test('a connection that is lost in the middle loses nothing and repeats nothing', async (t) => {
  const { playground, kafka: ground } = await playOnKafka(t, 3);
  const proxy = await playground.proxy();
  const broker = await playground.broker();
  const [keys, count] = [['a', 'b', 'c'], 400];
  // More than one look brings: what it has left to ask for when the connection goes.
  const padding = 'x'.repeat(10_000);
  const messages = messagesOf(ground.topic, keys, count).map((message) => ({
    ...message,
    headers: { padding },
  }));
  await send(broker, messages);
  const seen: Delivery[] = [];
  let cutAfter = 0;
  let cameBack = false;
  await readLog(
    { brokers: [`127.0.0.1:${proxy.port}`], clientId: uniqueName('reader') },
    {
      topic: ground.topic,
      async onBatch(deliveries) {
        cameBack ||= cutAfter > 0 && proxy.standing > 0;
        seen.push(...deliveries);
        if (cutAfter > 0) return;
        proxy.cut();
        cutAfter = seen.length;
      },
    },
  );
  ok(cutAfter < seen.length && cameBack, 'it had everything before the connection was lost');
  for (const key of keys)
    deepStrictEqual(
      numbersOf(key, seen),
      Array.from({ length: count }, (_, n) => n),
    );
});
