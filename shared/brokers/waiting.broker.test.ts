import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@conveyor/testing/eventually';
import { playOnKafka } from './conformance/kafka-ground.ts';
import { allConfirmed, gate, Playground, required } from './conformance/playground.ts';
import { rabbitGround } from './conformance/rabbit-ground.ts';
import { openGroupLags } from './kafka/lags.ts';
import { openQueueDepths } from './rabbitmq/depths.ts';

const soon = () => AbortSignal.timeout(20_000);
const kafkaAccess = () => ({ brokers: required('KAFKA_BROKERS').split(','), clientId: 'lags' });

test('the depth of a queue is what nobody has in hand', async (context) => {
  const playground = await Playground.open(context, rabbitGround);
  const depths = openQueueDepths({ url: required('RABBITMQ_URL'), name: 'depths' });
  playground.last(() => depths.close());
  const { first, second } = playground.names;
  const broker = await playground.broker();
  allConfirmed(await broker.publisher.publish(Array.from({ length: 5 }, () => playground.message())));
  // Quorum queues tell how many they hold a moment later.
  await eventually(async () =>
    deepStrictEqual(
      await depths.read([first, second], soon()),
      new Map([
        [first, 5],
        [second, 5],
      ]),
    ),
  );

  const end = gate();
  playground.consume(broker, first, () => end.passed, 2);
  await eventually(async () => strictEqual((await depths.read([first], soon())).get(first), 3));
  end.open();
  await eventually(async () => strictEqual((await depths.read([first], soon())).get(first), 0));
});

test('a queue that does not exist fails its reading and no other', async (context) => {
  const playground = await Playground.open(context, rabbitGround);
  const depths = openQueueDepths({ url: required('RABBITMQ_URL'), name: 'depths' });
  playground.last(() => depths.close());
  await playground.broker();
  const { first } = playground.names;
  await rejects(depths.read([first, 'no-such-queue'], soon()));
  strictEqual((await depths.read([first], soon())).get(first), 0);
});

test('the lag of a group is what it has not committed, whoever else reads the topic', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 3);
  const lags = openGroupLags(kafkaAccess());
  playground.last(() => lags.close());
  const { first, second } = playground.names;
  const broker = await playground.broker();
  const groups = [first, second].map((name) => ({ name, topics: [kafka.topic] }));
  const read = () => lags.read(groups, soon());
  const of = (one: number, other: number) =>
    new Map([
      [first, one],
      [second, other],
    ]);
  allConfirmed(await broker.publisher.publish(Array.from({ length: 7 }, () => playground.message())));
  deepStrictEqual(await read(), of(7, 7));

  let handled = 0;
  playground.consume(broker, first, async () => {
    handled += 1;
  });
  await eventually(async () => deepStrictEqual(await read(), of(0, 7)), { timeoutMs: 30_000 });
  strictEqual(handled, 7);
});

test('while a broker is away the reading waits no longer than it is told to', async (context) => {
  const playground = await Playground.open(context, rabbitGround);
  const lags = openGroupLags({ brokers: ['127.0.0.1:1'], clientId: 'lags' });
  playground.last(() => lags.close());
  const began = performance.now();
  await rejects(lags.read([{ name: 'a', topics: ['b'] }], AbortSignal.timeout(500)));
  ok(performance.now() - began < 2_000);
});
