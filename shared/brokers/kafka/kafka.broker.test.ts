import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { eventually } from '@conveyor/testing/eventually';
import kafkajs from 'kafkajs';
import { type KafkaGround, playOnKafka } from '../conformance/kafka-ground.ts';
import { allConfirmed, gate, required } from '../conformance/playground.ts';
import type { Broker, Delivery } from '../port.ts';
import { createKafkaBroker } from './index.ts';

const patient = { timeoutMs: 30_000 };

/** What the group has committed, per partition; -1 where it has not. */
async function committed({ admin, topic }: KafkaGround, groupId: string): Promise<number[]> {
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return (offsets?.partitions ?? [])
    .toSorted((a, b) => a.partition - b.partition)
    .map(({ offset }) => Number(offset));
}

async function ends({ admin, topic }: KafkaGround): Promise<number[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.toSorted((a, b) => a.partition - b.partition).map(({ high }) => Number(high));
}

function partitionOf({ origin }: Delivery): number {
  return Number(origin.position?.split(':')[0]);
}

test('offsets are committed only up to the first message still in hand', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 1);
  const broker = await playground.broker();
  const [slow, done] = [gate(), [] as string[]];
  const handle = async ({ attributes: { subject = '' } }: Delivery) => {
    if (subject === 'slow') await slow.passed;
    done.push(subject);
  };
  const first = playground.consume(broker, playground.names.first, handle);
  const keys = ['a', 'b', 'slow', 'c', 'd'];
  allConfirmed(await broker.publisher.publish(keys.map((key) => playground.message(key))));
  await eventually(() => assert.deepEqual(done.toSorted(), ['a', 'b', 'c', 'd']), patient);
  await eventually(
    async () => assert.deepEqual(await committed(kafka, playground.names.first), [2]),
    patient,
  );

  await first.stop(0); // Commits a last time all that may be.
  assert.deepEqual(await committed(kafka, playground.names.first), [2]);

  const again: string[] = [];
  playground.consume(
    broker,
    playground.names.first,
    async ({ attributes }) => void again.push(attributes.subject ?? ''),
  );
  await eventually(() => assert.deepEqual(again.toSorted(), ['c', 'd', 'slow']), patient);
  await eventually(
    async () => assert.deepEqual(await committed(kafka, playground.names.first), [5]),
    patient,
  );
  slow.open();
});

test('a slow key holds up its own followers and no other key of its partition', async (context) => {
  const { playground } = await playOnKafka(context, 1);
  const broker = await playground.broker();
  const [slow, done] = [gate(), [] as string[]];
  const [head, follower] = [playground.message('slow'), playground.message('slow')];
  playground.consume(
    broker,
    playground.names.first,
    async ({ attributes: { id = '' } }) => {
      if (id === head.attributes.id) await slow.passed;
      done.push(id);
    },
    3,
  );
  const others = Array.from({ length: 25 }, () => playground.message());
  allConfirmed(await broker.publisher.publish([head, follower, ...others]));
  await eventually(() => assert.equal(done.length, 25), patient);
  assert.ok(!done.includes(follower.attributes.id ?? ''));
  slow.open();
  await eventually(
    () => assert.deepEqual(done.slice(-2), [head.attributes.id, follower.attributes.id]),
    patient,
  );
});

test('when too much is done behind a slow message only its partition waits', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 2);
  const broker = await playground.broker();
  const messages = Array.from({ length: 200 }, () => playground.message());
  allConfirmed(await broker.publisher.publish(messages));
  const slow = gate();
  let slowPartition: number | undefined;
  const done = [0, 0];
  playground.consume(
    broker,
    playground.names.first,
    async (delivery) => {
      const partition = partitionOf(delivery);
      if (slowPartition === undefined) {
        slowPartition = partition;
        await slow.passed;
      }
      done[partition] = (done[partition] ?? 0) + 1;
    },
    2,
  );
  const total = await ends(kafka);
  const other = await eventually(() => {
    assert.ok(slowPartition !== undefined);
    const [here, there] = [slowPartition, 1 - slowPartition];
    assert.equal(done[there], total[there]);
    assert.equal(done[here], 19, 'the window is 20, one of them in hand');
    return there;
  }, patient);
  assert.ok((total[1 - other] ?? 0) > 40);
  const later = Array.from({ length: 20 }, () => playground.message());
  allConfirmed(await broker.publisher.publish(later));
  const more = await ends(kafka);
  await eventually(() => assert.equal(done[other], more[other], 'the other partition goes on'), patient);
  assert.equal(done[1 - other], 19);

  slow.open();
  await eventually(() => assert.deepEqual(done, more), patient);
  await eventually(
    async () => assert.deepEqual(await committed(kafka, playground.names.first), more),
    patient,
  );
});

test('a key keeps its order though many keys are handled at once', async (context) => {
  const { playground } = await playOnKafka(context, 3);
  const broker = await playground.broker();
  const numbers = new Map<string, number[]>();
  playground.consume(broker, playground.names.first, async ({ attributes: { subject = '' }, body }) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    numbers.set(subject, [...(numbers.get(subject) ?? []), JSON.parse(body.toString()).number]);
  });
  const keys = Array.from({ length: 10 }, () => randomUUID());
  for (let batch = 0; batch < 3; batch++) {
    allConfirmed(
      await broker.publisher.publish(keys.flatMap((key) => [1, 2, 3].map(() => playground.message(key)))),
    );
  }
  await eventually(() => assert.equal([...numbers.values()].flat().length, 90), patient);
  for (const ofKey of numbers.values())
    assert.deepEqual(
      ofKey,
      ofKey.toSorted((a, b) => a - b),
    );
});

test('what was in hand when the partition went to another member is handled there, and not committed here', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 2);
  const [one, other] = [await playground.broker(), await playground.broker()];
  const [finish, told] = [gate(), gate()];
  const inHand: Delivery[] = [];
  playground.consume(one, playground.names.first, async (delivery, signal) => {
    inHand.push(delivery);
    signal.addEventListener('abort', () => told.open());
    await finish.passed;
  });
  allConfirmed(await one.publisher.publish(Array.from({ length: 10 }, () => playground.message())));
  await eventually(() => assert.equal(inHand.length, 10), patient);

  const taken: Delivery[] = [];
  playground.consume(other, playground.names.first, async (delivery) => void taken.push(delivery));
  await told.passed;
  const total = await ends(kafka);
  const theirs = await eventually(() => {
    const [partition] = taken.map(partitionOf);
    assert.ok(partition !== undefined);
    assert.equal(taken.length, total[partition]);
    return partition;
  }, patient);
  const expected = theirs === 0 ? [total[0], -1] : [-1, total[1]];
  await eventually(
    async () => assert.deepEqual(await committed(kafka, playground.names.first), expected),
    patient,
  );

  finish.open(); // Now the former handling ends, and what stayed here is handled a second time.
  await eventually(
    async () => assert.deepEqual(await committed(kafka, playground.names.first), total),
    patient,
  );
  assert.equal(inHand.length, 10 + (total[1 - theirs] ?? 0));
});

test('with members coming and going nothing is skipped', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 4);
  const [one, other] = [await playground.broker(), await playground.broker()];
  const done = new Set<string>();
  const handle = async ({ attributes: { id = '' } }: Delivery) => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    done.add(id);
  };
  const wanted = new Set<string>();
  const send = async () => {
    const messages = Array.from({ length: 100 }, () => playground.message());
    for (const { attributes } of messages) wanted.add(attributes.id ?? '');
    allConfirmed(await one.publisher.publish(messages));
  };
  playground.consume(one, playground.names.first, handle, 4);
  for (let round = 0; round < 3; round++) {
    await send();
    const guest = playground.consume(other, playground.names.first, handle, 4);
    await send();
    await eventually(() => assert.ok(done.size > wanted.size / 2), patient);
    await send();
    await guest.stop(round === 1 ? 0 : 1_000);
  }
  await eventually(() => assert.deepEqual(done, wanted), patient);
  const total = await ends(kafka);
  await eventually(
    async () => assert.deepEqual(await committed(kafka, playground.names.first), total),
    patient,
  );
});

test('a topic that gains partitions is consumed whole', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 1);
  const one = await playground.broker();
  const done = new Map<string, number>();
  const count = async ({ attributes: { id = '' } }: Delivery) => void done.set(id, (done.get(id) ?? 0) + 1);
  playground.consume(one, playground.names.first, count);
  const wanted = new Set<string>();
  const send = async ({ publisher }: Broker) => {
    const messages = Array.from({ length: 50 }, () => playground.message());
    for (const { attributes } of messages) wanted.add(attributes.id ?? '');
    allConfirmed(await publisher.publish(messages));
  };
  await send(one);
  await eventually(() => assert.equal(done.size, 50), patient);
  await kafka.admin.createPartitions({ topicPartitions: [{ topic: kafka.topic, count: 4 }] });
  // Kafka has agreed to it; whoever asks is told a moment later.
  await eventually(async () => {
    const { topics } = await kafka.admin.fetchTopicMetadata({ topics: [kafka.topic] });
    assert.equal(topics[0]?.partitions.length, 4);
  }, patient);
  await send(await playground.broker()); // The other one's producer does not know the partitions yet.
  await eventually(async () => {
    const moved = await committed(kafka, playground.names.first);
    assert.ok(moved.length === 4 && moved.slice(1).some((offset) => offset > 0));
  }, patient);
  await eventually(() => assert.deepEqual(new Set(done.keys()), wanted), patient);
});

test('a member that falls silent is replaced within seconds', async (context) => {
  const { playground } = await playOnKafka(context, 2);
  const proxy = await playground.proxy();
  const [one, other] = [await playground.broker({ proxy }), await playground.broker()];
  const [inHand, taken] = [new Set<string>(), new Set<string>()];
  const hang = async ({ attributes }: Delivery, signal: AbortSignal) => {
    inHand.add(attributes.id ?? '');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    throw new Error('given up');
  };
  const silent = playground.consume(one, playground.names.first, hang, 20);
  await eventually(() => assert.ok(silent.consuming), patient);
  const healthy = playground.consume(other, playground.names.first, async ({ attributes }) => {
    taken.add(attributes.id ?? '');
  });
  await eventually(() => assert.ok(silent.consuming && healthy.consuming), patient);
  const messages = Array.from({ length: 20 }, () => playground.message());
  allConfirmed(await other.publisher.publish(messages));
  await eventually(() => {
    assert.equal(new Set([...inHand, ...taken]).size, 20);
    assert.ok(taken.size > 0 && taken.size < 20);
  }, patient);

  const from = performance.now();
  proxy.freeze(true);
  await eventually(() => assert.equal(taken.size, 20), patient);
  assert.ok(performance.now() - from < 15_000);
  proxy.freeze(false);
});

test('a reply that was sent while the inbox was cut off arrives when it is back', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 1);
  const proxy = await playground.proxy();
  const [asker, server] = [await playground.broker({ proxy }), await playground.broker()];
  const seen: string[] = [];
  const inbox = asker.replies(kafka.replyChannel, ({ attributes }) => seen.push(attributes.id ?? ''));
  playground.last(() => inbox.stop());
  await eventually(() => assert.ok(inbox.replyTo), patient);
  await proxy.down();
  await eventually(() => assert.equal(inbox.replyTo, undefined), patient);
  const address = { channel: kafka.replyChannel, key: 'k' };
  allConfirmed(
    await server.publisher.publish([{ ...playground.message(), attributes: { id: 'late' }, address }]),
  );
  await proxy.up();
  await eventually(() => assert.deepEqual(seen, ['late']), patient);
});

test('a reply sent right after the inbox is ready arrives, an earlier one does not', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 1);
  const broker = await playground.broker();
  const to = (id: string) => ({
    ...playground.message(),
    attributes: { id },
    address: { channel: kafka.replyChannel, key: id },
  });
  allConfirmed(await broker.publisher.publish([to('early')]));
  const seen: string[] = [];
  const inbox = broker.replies(kafka.replyChannel, ({ attributes }) => seen.push(attributes.id ?? ''));
  playground.last(() => inbox.stop());
  await eventually(() => assert.equal(inbox.replyTo, kafka.replyChannel), patient);
  const ids = Array.from({ length: 10 }, (_, at) => `late-${at}`);
  allConfirmed(await broker.publisher.publish(ids.map(to)));
  await eventually(() => assert.deepEqual(seen.toSorted(), ids), patient);
  await inbox.stop();
  const { groups } = await kafka.admin.listGroups();
  assert.ok(groups.every(({ groupId }) => !groupId.startsWith('test.replies.') || !seen.includes(groupId)));
});

test('a message that is too large is refused for good, and alone', async (context) => {
  const { playground } = await playOnKafka(context, 1);
  const broker = await playground.broker();
  const large = { ...playground.message('large'), body: Buffer.alloc(2_000_000) };
  const batch = [playground.message('a'), large, playground.message('large'), playground.message('b')];
  const outcomes = await broker.publisher.publish(batch);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['confirmed', 'unroutable', 'failed', 'confirmed'],
  );
});

test('a topic that takes nothing at present refuses: the broker answers', async (context) => {
  const { playground } = await playOnKafka(context, 1);
  const broker = await playground.broker();
  // Made by the first group; only Kafka itself may write to it.
  const address = { channel: '__consumer_offsets', key: 'k' };
  const [outcome] = await broker.publisher.publish([{ ...playground.message(), address }]);
  assert.ok(outcome?.status === 'failed');
  assert.equal(outcome.refused, true, outcome.error.message);
});

test('of a request that a topic refuses only what it cannot take is given up', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 1);
  const broker = await playground.broker();
  await kafka.configure('max.message.bytes', '10000');
  const sized = (bytes: number) => ({ ...playground.message(), body: Buffer.alloc(bytes) });
  const batch = [sized(4_000), sized(4_000), sized(12_000), sized(4_000), sized(4_000)];
  const outcomes = await broker.publisher.publish(batch);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['confirmed', 'confirmed', 'unroutable', 'confirmed', 'confirmed'],
  );
});

test('settings of a topic that exists are brought in line, its others and its partitions left alone', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 1);
  await playground.broker();
  const name = `settings-${randomUUID()}`;
  playground.last(() => kafka.admin.deleteTopics({ topics: [name] }).catch(() => {}));
  const setting = (key: string, value: string) => ({ name: key, value });
  const configEntries = [setting('retention.ms', '1000'), setting('max.message.bytes', '2000000')];
  await kafka.admin.createTopics({ topics: [{ topic: name, numPartitions: 2, configEntries }] });
  const broker = createKafkaBroker({
    brokers: required('KAFKA_BROKERS').split(','),
    clientId: 'test',
    topology: { topics: [{ name, partitions: 1, config: { 'retention.ms': '-1' } }] },
    onEvent: (event) => playground.events.push(event),
  });
  playground.last(() => broker.close());
  broker.start();
  await broker.connected(AbortSignal.timeout(20_000));
  const { resources } = await kafka.admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name }],
  });
  const now = Object.fromEntries(
    resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]) ?? [],
  );
  assert.equal(now['retention.ms'], '-1');
  assert.equal(now['max.message.bytes'], '2000000');
  const { topics } = await kafka.admin.fetchTopicMetadata({ topics: [name] });
  assert.equal(topics[0]?.partitions.length, 2);
});

test('kafkajs starts no timers with negative delays (our patch is applied)', async (context) => {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.name);
  process.on('warning', note);
  context.after(() => process.off('warning', note));
  const { playground } = await playOnKafka(context, 1);
  const broker = await playground.broker();
  const seen: Delivery[] = [];
  playground.consume(broker, playground.names.first, async (delivery) => void seen.push(delivery));
  allConfirmed(await broker.publisher.publish([playground.message()]));
  await eventually(() => assert.equal(seen.length, 1), patient);
  assert.deepEqual(warnings, []);
});
