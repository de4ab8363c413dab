import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, Consumer, Delivery, OutgoingMessage } from '@conveyor/brokers';
import { createKafkaBroker } from '@conveyor/brokers/kafka';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { buildMessage } from '@conveyor/testing/build-message';
import { eventually } from '@conveyor/testing/eventually';
import { publishAll } from '@conveyor/testing/publish-all';
import { serverUrl } from '@conveyor/testing/server-url';
import { startTestRabbit } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';
import { dueAfter, dueTime } from './delayed-queue.ts';
import { delayTopic, delayTopicName, heldUntil, isDelayTopicOf } from './kafka.ts';
import { delayQueue, delayQueueName } from './rabbitmq.ts';

const patient = { timeoutMs: 30_000 };

type OnDelivery = (delivery: Delivery) => Promise<void>;

/** One kind of work, delayed on one broker. */
interface Scene {
  /** A process whose setting is `delayMs`: connected, with what it needs declared. */
  open(delayMs: number): Promise<Broker>;
  /** A message that is written now. The same subject is the same partition. */
  message(delayMs: number, subject?: string): OutgoingMessage;
  consume(broker: Broker, delayMs: number, onDelivery: OnDelivery): Consumer;
}

function rabbitScene(t: TestContext): Scene {
  const [work, prefix] = [uniqueName('work'), uniqueName('delay')];
  return {
    async open(delayMs) {
      const queues = [workQueue(work), delayQueue(prefix, delayMs, work)];
      const shortLived = queues.map((queue) => ({
        ...queue,
        arguments: { ...queue.arguments, 'x-expires': 60_000 },
      }));
      const broker = await startTestRabbit({ queues: shortLived });
      t.after(() => broker.close());
      return broker;
    },
    message: (delayMs, subject) =>
      buildMessage({
        channel: '',
        key: delayQueueName(prefix, delayMs),
        ...(subject !== undefined && { subject }),
        headers: dueAfter(delayMs, new Date()),
      }),
    consume: (broker, _delayMs, onDelivery) =>
      broker.consume({ name: 'worker', channels: [work], concurrency: 10, onDelivery }),
  };
}

function kafkaScene(t: TestContext): Scene {
  const [group, prefix] = [uniqueName('group'), uniqueName('delay')];
  return {
    async open(delayMs) {
      const broker = createKafkaBroker({
        brokers: serverUrl('KAFKA_BROKERS').split(','),
        topology: { topics: [delayTopic(prefix, delayMs, 3)] },
        clientId: uniqueName('client'),
      });
      t.after(() => broker.close());
      broker.start();
      await broker.connected(AbortSignal.timeout(20_000));
      return broker;
    },
    message: (delayMs, subject) =>
      buildMessage({
        channel: delayTopicName(prefix, delayMs),
        ...(subject !== undefined && { subject }),
        headers: dueAfter(delayMs, new Date()),
      }),
    consume: (broker, delayMs, onDelivery) =>
      broker.consume({
        name: group,
        channels: [delayTopicName(prefix, delayMs)],
        alsoFrom: isDelayTopicOf(prefix),
        notBefore: heldUntil,
        concurrency: 10,
        onDelivery,
      }),
  };
}

/** What has been handled: by id, how many milliseconds after it was due; in the order of handling. */
class Handled {
  readonly lateMs = new Map<string, number>();

  readonly take = async (delivery: Delivery): Promise<void> => {
    const late = Date.now() - (dueTime(delivery) ?? assert.fail('no due time'));
    this.lateMs.set(delivery.attributes.id ?? '', late);
  };

  get ids(): readonly string[] {
    return [...this.lateMs.keys()];
  }

  assertNoneEarly(): void {
    assert.ok(Math.min(...this.lateMs.values()) >= 0, 'none is early');
  }

  /** The middle one, in milliseconds; it is printed with the first and the last. */
  medianLateness(t: TestContext): number {
    const sorted = [...this.lateMs.values()].toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? assert.fail('nothing was handled');
    t.diagnostic(`late by ${sorted[0]} to ${sorted.at(-1)} ms, median ${median} ms, of ${sorted.length}`);
    return median;
  }
}

const idsOf = (messages: readonly OutgoingMessage[]) => messages.map(({ attributes }) => attributes.id ?? '');

const send = (broker: Broker, messages: readonly OutgoingMessage[]) => publishAll(broker.publisher, messages);

for (const [name, sceneOf] of Object.entries({ rabbitmq: rabbitScene, kafka: kafkaScene })) {
  test(`${name}: messages arrive when they are due, never earlier, and in that order`, async (t) => {
    const scene = sceneOf(t);
    const [broker, handled] = [await scene.open(500), new Handled()];
    const consumer = scene.consume(broker, 500, handled.take);
    t.after(() => consumer.stop(1_000));
    await eventually(() => assert.ok(consumer.consuming), patient);

    const sent: OutgoingMessage[] = [];
    for (let count = 1; count <= 30; count++) {
      const message = scene.message(500, 'order-1');
      await send(broker, [message]);
      sent.push(message);
      await sleep(20); // Waits for nothing: it only makes thirty times to be due.
    }
    await eventually(() => assert.equal(handled.ids.length, 30), patient);
    assert.deepEqual(handled.ids, idsOf(sent));
    handled.assertNoneEarly();
    assert.ok(handled.medianLateness(t) <= 250);
  });

  test(`${name}: of 300 messages in one delay all arrive once, none early`, async (t) => {
    const scene = sceneOf(t);
    const [broker, handled] = [await scene.open(1_000), new Handled()];
    let count = 0;
    const consumer = scene.consume(broker, 1_000, async (delivery) => {
      count++;
      await handled.take(delivery);
    });
    t.after(() => consumer.stop(1_000));
    await eventually(() => assert.ok(consumer.consuming), patient);

    const sent = Array.from({ length: 300 }, () => scene.message(1_000));
    await send(broker, sent);
    await eventually(() => assert.deepEqual(handled.ids.toSorted(), idsOf(sent).toSorted()), patient);
    assert.equal(count, 300);
    handled.assertNoneEarly();
    handled.medianLateness(t); // Not judged: it includes how long 300 messages take to be sent.
  });

  test(`${name}: what waits when its consumer stops comes to the next one, on time`, async (t) => {
    const scene = sceneOf(t);
    const [one, other] = [await scene.open(800), await scene.open(800)];
    const [first, second] = [new Handled(), new Handled()];
    const leaving = scene.consume(one, 800, first.take);
    t.after(() => leaving.stop(0));
    await eventually(() => assert.ok(leaving.consuming), patient);

    const early = Array.from({ length: 20 }, () => scene.message(800));
    await send(one, early);
    await eventually(() => assert.ok(first.ids.length > 0), patient);
    const late = Array.from({ length: 20 }, () => scene.message(800));
    await send(one, late);
    const staying = scene.consume(other, 800, second.take);
    t.after(() => staying.stop(1_000));
    await leaving.stop(1_000);

    const wanted = idsOf([...early, ...late]).toSorted();
    await eventually(
      () => assert.deepEqual([...new Set([...first.ids, ...second.ids])].toSorted(), wanted),
      patient,
    );
    assert.ok(second.ids.length > 0);
    first.assertNoneEarly();
    second.assertNoneEarly();
  });

  test(`${name}: after a change of the delay the old one is drained, and nobody waits behind it`, async (t) => {
    const scene = sceneOf(t);
    const before = await scene.open(3_000);
    const old = [scene.message(3_000, 'order-1'), scene.message(3_000, 'order-2')];
    await send(before, old);
    await before.close();

    const [after, handled] = [await scene.open(300), new Handled()];
    const consumer = scene.consume(after, 300, handled.take);
    t.after(() => consumer.stop(1_000));
    const young = [scene.message(300, 'order-1'), scene.message(300, 'order-2')];
    await send(after, young);
    await eventually(() => assert.equal(handled.ids.length, 4), patient);
    assert.deepEqual(handled.ids.slice(0, 2).toSorted(), idsOf(young).toSorted());
    assert.deepEqual(handled.ids.slice(2).toSorted(), idsOf(old).toSorted());
    handled.assertNoneEarly();
  });
}

test('kafka: a member with the former delay learns of the topic that a newer one brings along', async (t) => {
  const scene = kafkaScene(t);
  const [former, handled] = [await scene.open(400), new Handled()];
  const veteran = scene.consume(former, 400, handled.take);
  t.after(() => veteran.stop(1_000));
  await eventually(() => assert.ok(veteran.consuming), patient);

  const newer = await scene.open(300);
  const recruit = scene.consume(newer, 300, handled.take);
  t.after(() => recruit.stop(1_000));
  const sent = Array.from({ length: 20 }, () => [scene.message(400), scene.message(300)]).flat();
  await send(newer, sent);
  await eventually(() => assert.deepEqual(handled.ids.toSorted(), idsOf(sent).toSorted()), patient);
  handled.assertNoneEarly();
});

test('kafka: a message from a clock that is a day ahead waits no longer than the delay, nor does what is behind it', async (t) => {
  const scene = kafkaScene(t);
  const [broker, handledAt] = [await scene.open(500), new Map<string, number>()];
  const consumer = scene.consume(broker, 500, async ({ attributes }) => {
    handledAt.set(attributes.id ?? '', Date.now());
  });
  t.after(() => consumer.stop(1_000));
  await eventually(() => assert.ok(consumer.consuming), patient);

  const tomorrow = dueAfter(500, new Date(Date.now() + 86_400_000));
  const sent = [{ ...scene.message(500, 'order-1'), headers: tomorrow }, scene.message(500, 'order-1')];
  const from = Date.now();
  await send(broker, sent);
  await eventually(() => assert.deepEqual([...handledAt.keys()], idsOf(sent)), patient);
  assert.ok(
    [...handledAt.values()].every((at) => at >= from + 500),
    'none is early',
  );
});
