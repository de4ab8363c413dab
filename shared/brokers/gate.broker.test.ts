import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@conveyor/testing/eventually';
import { kafkaGround, playOnKafka } from './conformance/kafka-ground.ts';
import { allConfirmed, gate, type MakeGround, Playground, required } from './conformance/playground.ts';
import { rabbitGround } from './conformance/rabbit-ground.ts';
import { Gate } from './gate.ts';
import { openKafkaLog } from './kafka/log.ts';

const grounds: Readonly<Record<string, MakeGround>> = { rabbitmq: rabbitGround, kafka: kafkaGround };
const patient = { timeoutMs: 30_000 };
/** Long enough for what is sent to arrive many times over. */
const whileMs = 1_500;

/** Open when it is looked at first, and closed right afterwards. */
class ClosedOnceAsked extends Gate {
  #wasAsked = false;

  override get isClosed(): boolean {
    const isClosed = super.isClosed;
    if (!this.#wasAsked) {
      this.#wasAsked = true;
      this.close();
    }
    return isClosed;
  }
}

for (const [name, makeGround] of Object.entries(grounds)) {
  describe(`a gate before a consumer on ${name}`, () => {
    async function open(context: Parameters<typeof Playground.open>[0], isThroughProxy = false) {
      const playground = await Playground.open(context, makeGround);
      const proxy = isThroughProxy ? await playground.proxy() : undefined;
      const broker = await playground.broker(proxy && { proxy });
      const before = new Gate();
      const channel = playground.ground.channelOf(playground.names.first);
      const handled: string[] = [];
      const inHand: { hold?: Promise<void> } = {};
      const consumer = broker.consume({
        name: playground.names.first,
        channels: [channel],
        concurrency: 2,
        gateOf: () => before,
        async onDelivery({ attributes }) {
          await inHand.hold;
          handled.push(attributes['id'] ?? '');
        },
      });
      playground.last(() => consumer.stop(0));
      async function publish(count: number): Promise<readonly string[]> {
        const messages = Array.from({ length: count }, () => playground.message());
        await eventually(async () => allConfirmed(await broker.publisher.publish(messages)), patient);
        return messages.map(({ attributes }) => attributes['id'] ?? '');
      }
      await eventually(() => ok(consumer.consuming), patient);
      return { before, broker, channel, consumer, handled, inHand, proxy, publish };
    }

    test('closed, nothing new is begun, and the broker is well; opened, each message is handled once', async (context) => {
      const { before, broker, consumer, handled, publish } = await open(context);
      const first = await publish(3);
      await eventually(() => strictEqual(handled.length, 3), patient);
      before.close();
      await sleep(200);
      const later = await publish(40);
      await sleep(whileMs);
      deepStrictEqual(handled.toSorted(), first.toSorted());
      ok(consumer.consuming);
      await broker.check();
      before.open();
      await eventually(() => strictEqual(handled.length, 43), patient);
      await sleep(300);
      deepStrictEqual(handled.toSorted(), [...first, ...later].toSorted());
    });

    test('what is in hand when it is closed is finished, what was only fetched is not begun', async (context) => {
      const { before, handled, inHand, publish } = await open(context);
      const end = gate();
      inHand.hold = end.passed;
      await publish(30);
      await sleep(500);
      before.close();
      await sleep(200);
      end.open();
      await eventually(() => strictEqual(handled.length, 2), patient);
      await sleep(whileMs);
      strictEqual(handled.length, 2);
      before.open();
      await eventually(() => strictEqual(new Set(handled).size, 30), patient);
      strictEqual(handled.length, 30);
    });

    test('a lost connection does not open it', async (context) => {
      const { before, broker, handled, proxy, publish } = await open(context, true);
      before.close();
      await publish(5);
      proxy?.cut();
      await sleep(500);
      await eventually(() => broker.check(), patient);
      await sleep(whileMs);
      deepStrictEqual(handled, []);
      before.open();
      await eventually(() => strictEqual(new Set(handled).size, 5), patient);
    });

    test('a consumer that begins behind a closed gate waits, and one that stops there stops at once', async (context) => {
      const { before, broker, consumer, handled, publish } = await open(context);
      await consumer.stop(1_000);
      before.close();
      await publish(2);
      const playing = broker.consume({
        name: 'another',
        channels: ['nowhere'],
        concurrency: 1,
        gateOf: () => before,
        onDelivery: async () => {},
      });
      const began = performance.now();
      await playing.stop(10_000);
      ok(performance.now() - began < 9_000);
      deepStrictEqual(handled, []);
    });

    test('closed in the very moment in which its consumer begins, it is closed', async (context) => {
      const { broker, consumer, publish, channel } = await open(context);
      await consumer.stop(1_000);
      const before = new ClosedOnceAsked();
      const handled: string[] = [];
      const beginning = broker.consume({
        name: 'the-one-that-begins',
        channels: [channel],
        concurrency: 2,
        gateOf: () => before,
        async onDelivery({ attributes }) {
          handled.push(attributes['id'] ?? '');
        },
      });
      context.after(() => beginning.stop(0));
      await eventually(() => ok(beginning.consuming), patient);
      await sleep(200);
      const sent = await publish(5);
      await sleep(whileMs);
      deepStrictEqual(handled, []);
      before.open();
      await eventually(() => strictEqual(new Set(handled).size, 5), patient);
      await sleep(300);
      deepStrictEqual(handled.toSorted(), sent.toSorted());
      await broker.check();
    });

    test('opened and closed again and again, nothing is lost and nothing is handled twice', async (context) => {
      const { before, handled, publish } = await open(context);
      const sent: string[] = [];
      for (let round = 0; round < 10; round++) {
        sent.push(...(await publish(20)));
        before.close();
        await sleep(round * 10);
        before.open();
      }
      await eventually(() => strictEqual(new Set(handled).size, 200), patient);
      deepStrictEqual(handled.toSorted(), sent.toSorted());
    });
  });
}

test('a consumer that has gates before some of its topics takes from the others', async (context) => {
  const one = await playOnKafka(context, 2);
  const other = await playOnKafka(context, 2);
  const [shut, free] = [one.kafka.topic, other.kafka.topic];
  const broker = await one.playground.broker();
  await other.playground.broker();
  const before = new Gate();
  before.close();
  const handled: string[] = [];
  const consumer = broker.consume({
    name: one.playground.names.first,
    channels: [shut, free],
    concurrency: 1,
    gateOf: (topic) => (topic === shut ? before : undefined),
    async onDelivery({ origin }) {
      handled.push(origin.channel);
    },
  });
  one.playground.last(() => consumer.stop(0));
  const messages = (count: number) =>
    Array.from({ length: count }, () => [one.playground.message(), other.playground.message()]).flat();
  allConfirmed(await broker.publisher.publish(messages(10)));
  await eventually(() => strictEqual(handled.length, 10), patient);
  await sleep(whileMs);
  deepStrictEqual(new Set(handled), new Set([free]));
  before.open();
  await eventually(() => strictEqual(handled.length, 20), patient);
});

test('whoever follows a log takes no batch behind a closed gate, and misses none', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 2);
  const broker = await playground.broker();
  const before = new Gate();
  const log = openKafkaLog({
    brokers: required('KAFKA_BROKERS').split(','),
    clientId: 'follower',
    topic: kafka.topic,
    gate: before,
  });
  playground.last(() => log.close());
  let read = 0;
  const bodyOf = ({ body }: { readonly body: Buffer }) => body;
  const follower = log.follow(playground.names.first, bodyOf, async (bodies) => {
    read += bodies.length;
  });
  playground.last(() => follower.stop(0));
  const publish = async (count: number) =>
    allConfirmed(await broker.publisher.publish(Array.from({ length: count }, () => playground.message())));
  await publish(3);
  await eventually(() => strictEqual(read, 3), patient);
  before.close();
  await publish(4);
  await sleep(whileMs);
  strictEqual(read, 3);
  ok(follower.following);
  before.open();
  await eventually(() => strictEqual(read, 7), patient);
});
