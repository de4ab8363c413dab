import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@conveyor/testing/eventually';
import kafkajs from 'kafkajs';
import { type KafkaGround, playOnKafka } from '../conformance/kafka-ground.ts';
import { allConfirmed, gate, type Playground, required } from '../conformance/playground.ts';
import type { Broker, Consumer, Delivery, OnDelivery, OutgoingMessage } from '../port.ts';

const patient = { timeoutMs: 30_000 };

const notBefore = ({ headers }: Delivery): number => Number(headers['not-before']);

function dueIn(playground: Playground, ms: number, key?: string): OutgoingMessage {
  return playground.message(key, { headers: { 'not-before': String(Date.now() + ms) } });
}

function consume(playground: Playground, broker: Broker, onDelivery: OnDelivery, concurrency = 10): Consumer {
  const name = playground.names.first;
  const channels = [playground.ground.channelOf(name)];
  const consumer = broker.consume({ name, channels, notBefore, concurrency, onDelivery });
  playground.last(() => consumer.stop(0));
  return consumer;
}

async function committed({ admin, topic }: KafkaGround, groupId: string): Promise<number[]> {
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return (offsets?.partitions ?? []).map(({ offset }) => Number(offset));
}

async function memberIds({ admin }: KafkaGround, groupId: string): Promise<string[]> {
  const { groups } = await admin.describeGroups([groupId]);
  return groups.flatMap(({ members }) => members.map(({ memberId }) => memberId)).toSorted();
}

test('a consumer that waits for longer than its session stays a member, and commits nothing meanwhile', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 1);
  const broker = await playground.broker();
  const late: number[] = [];
  const consumer = consume(
    playground,
    broker,
    async (delivery) => void late.push(Date.now() - notBefore(delivery)),
  );
  await eventually(() => assert.ok(consumer.consuming), patient);
  const members = await memberIds(kafka, playground.names.first);
  assert.equal(members.length, 1);
  const message = dueIn(playground, 8_000); // The session is 6 s.
  allConfirmed(await broker.publisher.publish([message]));
  await eventually(async () => {
    if (late.length === 0) assert.deepEqual(await committed(kafka, playground.names.first), [-1]);
    assert.equal(late.length, 1);
  }, patient);
  assert.ok(late[0] !== undefined && late[0] >= 0, `late by ${late[0]} ms`);
  assert.deepEqual(await memberIds(kafka, playground.names.first), members);
  await eventually(
    async () => assert.deepEqual(await committed(kafka, playground.names.first), [1]),
    patient,
  );
});

test('while one partition waits until its head is due, the others go on', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 2);
  const broker = await playground.broker();
  const counts = new Map<string, number>();
  const count = ({ origin }: Delivery) => {
    const partition = origin.position?.split(':')[0] ?? '';
    counts.set(partition, (counts.get(partition) ?? 0) + 1);
  };
  consume(playground, broker, async (delivery) => count(delivery));
  allConfirmed(await broker.publisher.publish([dueIn(playground, 60_000, 'waiting')]));
  for (let round = 0; round < 3; round++) {
    const others = Array.from({ length: 40 }, () => dueIn(playground, 0));
    allConfirmed(await broker.publisher.publish(others));
    const ends = await kafka.admin.fetchTopicOffsets(kafka.topic);
    // Nothing behind the one that waits, and all of the other partition; which is which the hash of the key says.
    await eventually(() => {
      assert.equal(counts.size, 1);
      assert.ok(ends.some(({ partition, high }) => counts.get(String(partition)) === Number(high)));
    }, patient);
  }
});

test('a partition that is paused because it is full, and then because its head is not due, is resumed for both', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 2);
  const broker = await playground.broker();
  const [open, done, early] = [gate(), new Set<string>(), [] as number[]];
  // Windows of 10 per partition: both are full before anything is due later.
  const consumer = consume(
    playground,
    broker,
    async (delivery) => {
      const waitMs = notBefore(delivery) - Date.now();
      if (waitMs > 0) early.push(waitMs);
      await open.passed;
      done.add(delivery.attributes['id'] ?? '');
    },
    1,
  );
  await eventually(() => assert.ok(consumer.consuming), patient);
  const delays = [...Array(60).fill(0), ...Array.from({ length: 90 }, (_, at) => (at * 37) % 1_500)];
  const messages = delays.map((ms) => dueIn(playground, ms));
  allConfirmed(await broker.publisher.publish(messages));
  open.open();
  const ids = messages.map(({ attributes }) => attributes['id'] ?? '');
  await eventually(() => assert.deepEqual([...done].toSorted(), ids.toSorted()), patient);
  assert.deepEqual(early, []);
  await eventually(async () => {
    const marks = await committed(kafka, playground.names.first);
    assert.equal(
      marks.reduce((sum, mark) => sum + mark, 0),
      messages.length,
    );
  }, patient);
});

test('with members coming and going while messages wait, all are handled and none early', async (context) => {
  const { playground } = await playOnKafka(context, 4);
  const [one, other] = [await playground.broker(), await playground.broker()];
  const [done, early] = [new Set<string>(), [] as number[]];
  const take = async (delivery: Delivery) => {
    const waitMs = notBefore(delivery) - Date.now();
    if (waitMs > 0) early.push(waitMs);
    done.add(delivery.attributes['id'] ?? '');
  };
  consume(playground, one, take);
  const wanted: string[] = [];
  for (let round = 0; round < 3; round++) {
    const messages = Array.from({ length: 60 }, (_, at) => dueIn(playground, 300 + at * 30));
    wanted.push(...messages.map(({ attributes }) => attributes['id'] ?? ''));
    allConfirmed(await one.publisher.publish(messages));
    const guest = consume(playground, other, take);
    await eventually(() => assert.ok(done.size > wanted.length - 40), patient);
    await guest.stop(round === 1 ? 0 : 1_000);
  }
  await eventually(() => assert.deepEqual([...done].toSorted(), wanted.toSorted()), patient);
  assert.deepEqual(early, []);
});

test('a topic says by its own clock when a message was stored, if it is told to', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 1);
  const broker = await playground.broker();
  await kafka.configure('message.timestamp.type', 'LogAppendTime');
  const brokers = required('KAFKA_BROKERS').split(',');
  const producer = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).producer();
  await producer.connect();
  playground.last(() => producer.disconnect());
  const from = Date.now();
  const timestamp = String(from + 86_400_000); // The clock of this sender is a day ahead.
  await producer.send({ topic: kafka.topic, messages: [{ value: '{}', timestamp }] });
  const storedAt: (number | undefined)[] = [];
  consume(playground, broker, async ({ origin }) => void storedAt.push(origin.storedAt));
  await eventually(() => assert.equal(storedAt.length, 1), patient);
  const [at = 0] = storedAt;
  assert.ok(at >= from && at <= Date.now(), `stored at ${at}`);
});
