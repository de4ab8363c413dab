import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { buildMessage } from '@conveyor/testing/build-message';
import { eventually } from '@conveyor/testing/eventually';
import { publishAll } from '@conveyor/testing/publish-all';
import { serverUrl } from '@conveyor/testing/server-url';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { uniqueName } from '@conveyor/testing/unique-name';
import { Gate } from '../gate.ts';
import { pause } from '../pause.ts';
import type { Broker, Delivery, OnBrokerEvent } from '../port.ts';
import { type KafkaLog, type KafkaLogOptions, openKafkaLog } from './log.ts';
import type { Follower, OnLogBatch } from './log-follower.ts';

const patient = { timeoutMs: 30_000 };

/** A topic of three partitions with `count` messages of each of these keys, and a log over it. */
async function scene(
  t: TestContext,
  keys: readonly string[],
  count: number,
  more: Partial<KafkaLogOptions> = {},
) {
  const topic = uniqueName('log');
  const broker = await startTestKafka([topic]);
  const brokers = serverUrl('KAFKA_BROKERS').split(',');
  const log = openKafkaLog({ brokers, clientId: 'test', topic, ...more });
  const followers: Follower[] = [];
  t.after(async () => {
    await Promise.all(followers.map((follower) => follower.stop(1_000)));
    await Promise.all([log.close(), broker.close()]);
  });
  await send(broker, topic, keys, 0, count);
  await eventually(() => log.ends(), patient);
  const follow = (group: string, onBatch: OnLogBatch<Delivery>) => {
    const follower = log.follow(group, (delivery) => delivery, onBatch);
    followers.push(follower);
    return follower;
  };
  return { topic, broker, log, follow, group: uniqueName('group') };
}

async function send(broker: Broker, channel: string, keys: readonly string[], from: number, to: number) {
  const messages = Array.from({ length: to - from }, (_, n) =>
    keys.map((key) => buildMessage({ channel, subject: key, body: JSON.stringify({ key, n: from + n }) })),
  ).flat();
  await publishAll(broker.publisher, messages);
}

/** Twelve messages of one key, several fetches' worth: one brings a megabyte of a partition. */
async function publishFatly(broker: Broker, channel: string): Promise<void> {
  const padding = 'x'.repeat(400_000);
  for (let n = 0; n < 12; n++) {
    const body = JSON.stringify({ key: 'a', n, padding });
    await publishAll(broker.publisher, [buildMessage({ channel, subject: 'a', body })]);
  }
}

/** What was read, by key: the numbers in the order of their arrival. */
class Read {
  readonly byKey = new Map<string, number[]>();
  add(deliveries: readonly Delivery[]): void {
    for (const { body } of deliveries) {
      const { key, n } = JSON.parse(body.toString()) as { key: string; n: number };
      this.byKey.set(key, [...(this.byKey.get(key) ?? []), n]);
    }
  }
  get count(): number {
    return [...this.byKey.values()].reduce((sum, { length }) => sum + length, 0);
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const atEnd = async (log: KafkaLog, group: string) => {
  deepStrictEqual([...(await log.positions(group))].sort(), [...(await log.ends())].sort());
};

test('every group reads all of it, each key in its order, and what comes later', async (t) => {
  const keys = ['a', 'b', 'c', 'd'];
  const { topic, broker, log, follow, group } = await scene(t, keys, 50);
  const [first, second] = [new Read(), new Read()];
  follow(group, async (deliveries) => first.add(deliveries));
  follow(`${group}-2`, async (deliveries) => second.add(deliveries));
  await eventually(() => deepStrictEqual([first.count, second.count], [200, 200]), patient);
  await send(broker, topic, keys, 50, 60);
  await eventually(() => deepStrictEqual([first.count, second.count], [240, 240]), patient);
  for (const key of keys) deepStrictEqual(first.byKey.get(key), upTo(60));
  await eventually(() => atEnd(log, group), patient);
});

test('one that comes later goes on where its group was, and another group begins at the first message', async (t) => {
  const { topic, broker, log, follow, group } = await scene(t, ['a'], 10);
  const former = new Read();
  const follower = follow(group, async (deliveries) => former.add(deliveries));
  await eventually(() => atEnd(log, group), patient);
  await follower.stop(1_000);
  strictEqual(follower.following, false);
  await send(broker, topic, ['a'], 10, 15);
  const later = new Read();
  follow(group, async (deliveries) => later.add(deliveries));
  await eventually(() => deepStrictEqual(later.byKey.get('a'), upTo(15).slice(10)), patient);
});

test('a batch that fails comes again before anything behind it, and does not count as read', async (t) => {
  const { log, follow, group } = await scene(t, ['a'], 10);
  let failures = 0;
  const read = new Read();
  follow(group, async (deliveries) => {
    if (failures++ < 2) throw new Error('not yet');
    read.add(deliveries);
  });
  await eventually(() => strictEqual(read.count, 10), patient);
  deepStrictEqual(read.byKey.get('a'), upTo(10));
  await eventually(() => atEnd(log, group), patient);
});

test('with more behind it, a batch that fails lets nothing overtake it; one of a key is in hand at a time', async (t) => {
  const { topic, broker, follow, group } = await scene(t, ['a'], 0);
  await publishFatly(broker, topic);
  const read = new Read();
  let [batches, inHand, most] = [0, 0, 0];
  follow(group, async (deliveries) => {
    most = Math.max(most, ++inHand);
    // Time for the next one to come, if it did not wait.
    await new Promise((resolve) => setTimeout(resolve, 100));
    inHand--;
    if (++batches === 2) throw new Error('not yet');
    read.add(deliveries);
  });
  await eventually(() => strictEqual(read.count, 12), patient);
  deepStrictEqual([read.byKey.get('a'), most], [upTo(12), 1]);
});

test('a batch that fails is noticed also while a closed gate keeps the next one back', async (t) => {
  const gate = new Gate();
  const failed: string[] = [];
  const onEvent: OnBrokerEvent = (event) => {
    if (event.kind === 'consumer-failed') failed.push(event.error.message);
  };
  const { topic, broker, follow, group } = await scene(t, ['a'], 0, { gate, onEvent });
  await publishFatly(broker, topic);
  const held = Promise.withResolvers<void>();
  const read = new Read();
  let isFirst = true;
  follow(group, async (deliveries) => {
    if (isFirst) {
      isFirst = false;
      gate.close();
      await held.promise;
      throw new Error('not yet');
    }
    read.add(deliveries);
  });
  await eventually(() => ok(gate.isClosed), patient);
  held.resolve();
  await eventually(() => ok(failed.includes('not yet')), patient);
  strictEqual(read.count, 0);
  gate.open();
  await eventually(() => deepStrictEqual(read.byKey.get('a'), upTo(12)), patient);
});

test('what has come to all partitions meanwhile is one batch', async (t) => {
  const keys = Array.from({ length: 12 }, (_, n) => `key-${n}`);
  const { topic, broker, follow, group } = await scene(t, ['a'], 1);
  const held = Promise.withResolvers<void>();
  const batches: Delivery[][] = [];
  follow(group, async (deliveries) => {
    batches.push([...deliveries]);
    if (batches.length === 1) await held.promise;
  });
  await eventually(() => strictEqual(batches.length, 1), patient);
  await send(broker, topic, keys, 0, 5);
  held.resolve();
  await eventually(() => strictEqual(batches.flat().length, 1 + 60), patient);
  const partitions = new Set(batches[1]?.map(({ origin }) => origin.position?.split(':')[0]));
  deepStrictEqual([batches.length, batches[1]?.length], [2, 60]);
  ok(partitions.size > 1, 'the keys all lie in one partition');
});

test('what is in hand when it stops is given up, and read by the next', async (t) => {
  const { log, follow, group } = await scene(t, ['a'], 10);
  const held = Promise.withResolvers<void>();
  const follower = follow(group, async (_deliveries, signal) => {
    held.resolve();
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  await held.promise;
  await follower.stop(1_000);
  ok([...(await log.positions(group)).values()].every((position) => position === 0n));
  const read = new Read();
  follow(group, async (deliveries) => read.add(deliveries));
  await eventually(() => deepStrictEqual(read.byKey.get('a'), upTo(10)), patient);
});

test('who comes while another has a batch in hand ends no life: both share what is left', async (t) => {
  const failed: unknown[] = [];
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  const { log, follow, group } = await scene(t, keys, 20, { onEvent: (event) => failed.push(event) });
  const taken = Promise.withResolvers<void>();
  const read = { first: new Read(), second: new Read() };
  follow(group, async (batch, signal) => {
    taken.resolve();
    // Longer than until the group tells of the other one.
    if (read.second.count === 0) await pause(20_000, signal);
    signal.throwIfAborted();
    read.first.add(batch);
  });
  await taken.promise;
  follow(group, async (batch) => read.second.add(batch));
  await eventually(() => atEnd(log, group), patient);
  deepStrictEqual(failed, []);
  ok(read.first.count > 0 && read.second.count > 0);
  strictEqual(read.first.count + read.second.count, keys.length * 20);
});

test('a batch that takes longer than a silent member would be waited for is done once', async (t) => {
  const { log, follow, group } = await scene(t, ['a'], 10);
  let batches = 0;
  const over = Promise.withResolvers<void>();
  follow(group, async () => {
    batches++;
    await over.promise;
  });
  await eventually(() => strictEqual(batches, 1), patient);
  // Longer than the session of a member, which is what is tried here.
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  over.resolve();
  await eventually(() => atEnd(log, group), patient);
  strictEqual(batches, 1);
});

test('a group without members can be forgotten; one with members cannot, and none is no error', async (t) => {
  const { log, follow, group } = await scene(t, ['a'], 10);
  const follower = follow(group, async () => {});
  await eventually(() => atEnd(log, group), patient);
  await rejects(log.forget(group));
  await follower.stop(1_000);
  await eventually(() => log.forget(group), patient);
  ok([...(await log.positions(group)).values()].every((position) => position === 0n));
  await log.forget(group);
});

test('stopped while it is still joining, it is no member afterwards', async (t) => {
  const { log, follow } = await scene(t, ['a'], 1);
  const groups = Array.from({ length: 20 }, () => uniqueName('group'));
  const stopAt = async (group: string, ms: number) => {
    const follower = follow(group, async () => {});
    // Not waited for anything: each is stopped at another moment of its joining.
    await new Promise((resolve) => setTimeout(resolve, ms));
    await follower.stop(0);
  };
  await Promise.all(groups.map((group, n) => stopAt(group, n * 5)));
  for (const group of groups) await eventually(() => log.forget(group), patient);
});
