import { deepStrictEqual, ok } from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as working } from 'node:timers/promises';
import type { Broker, Delivery, OutgoingMessage } from '@conveyor/brokers';
import { createKafkaBroker } from '@conveyor/brokers/kafka';
import { buildMessage } from '@conveyor/testing/build-message';
import { eventually } from '@conveyor/testing/eventually';
import { publishAll } from '@conveyor/testing/publish-all';
import { serverUrl } from '@conveyor/testing/server-url';
import { startTestRabbit } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';
import { levelTopicName, levelTopics, shareOf } from './kafka.ts';
import { type Level, levels } from './priority-queue.ts';
import { priorityOf, priorityQueue } from './rabbitmq.ts';

const patient = { timeoutMs: 30_000 };

const send = (broker: Broker, messages: readonly OutgoingMessage[]) => publishAll(broker.publisher, messages);

const counts = (handled: readonly Level[]) =>
  Object.fromEntries(levels.map((level) => [level, handled.filter((other) => other === level).length]));

/** A queue with priorities, and who works on it. */
async function rabbitScene(t: TestContext) {
  const queue = priorityQueue(uniqueName('task'));
  const shortLived = { ...queue, arguments: { ...queue.arguments, 'x-expires': 60_000 } };
  const broker = await startTestRabbit({ queues: [shortLived] });
  t.after(() => broker.close());
  const begun: Level[] = [];
  return {
    begun,
    send: (level: Level, count = 1) =>
      send(
        broker,
        Array.from({ length: count }, () =>
          buildMessage({ channel: '', key: queue.name, body: level, priority: priorityOf[level] }),
        ),
      ),
    consume(prefetch: number, work: (level: Level) => Promise<unknown>) {
      const consumer = broker.consume({
        name: 'worker',
        channels: [queue.name],
        concurrency: prefetch,
        onDelivery({ body, priority }: Delivery) {
          const level = String(body) as Level;
          deepStrictEqual(priority, priorityOf[level]);
          begun.push(level);
          return work(level);
        },
      });
      t.after(() => consumer.stop(1_000));
    },
  };
}

test('rabbitmq: of a backlog express goes before standard before low, whichever came first', async (t) => {
  const scene = await rabbitScene(t);
  for (const level of ['low', 'high', 'normal', 'low', 'normal', 'high'] as const) await scene.send(level, 5);
  scene.consume(1, async () => {});
  await eventually(() => deepStrictEqual(scene.begun.length, 30), patient);
  deepStrictEqual(
    scene.begun,
    levels.flatMap((level) => Array<Level>(10).fill(level)),
  );
});

test('rabbitmq: what has been prefetched is not overtaken, so prefetch is what is really worked on', async (t) => {
  const scene = await rabbitScene(t);
  const { promise: urgent, resolve: goOn } = Promise.withResolvers<void>();
  await scene.send('low', 6);
  scene.consume(3, () => urgent);
  await eventually(() => deepStrictEqual(scene.begun.length, 3), patient);
  await scene.send('high');
  goOn();
  await eventually(() => deepStrictEqual(scene.begun.length, 7), patient);
  deepStrictEqual(scene.begun, ['low', 'low', 'low', 'high', 'low', 'low', 'low']);
});

test('rabbitmq: the low level waits for as long as anything above it keeps coming', async (t) => {
  const scene = await rabbitScene(t);
  await scene.send('low', 5);
  await scene.send('high');
  scene.consume(1, async (level) => {
    if (level === 'high' && scene.begun.length < 50) await scene.send('high');
  });
  await eventually(() => deepStrictEqual(scene.begun.length, 55), patient);
  deepStrictEqual(counts(scene.begun.slice(0, 50)), { high: 50, normal: 0, low: 0 });
});

/** The topics of a task, and one worker whom each message takes `workMs`. */
async function kafkaScene(t: TestContext, workMs: number) {
  const task = uniqueName('task');
  const topics = levelTopics(task, 3);
  const broker = createKafkaBroker({
    brokers: serverUrl('KAFKA_BROKERS').split(','),
    topology: { topics },
    clientId: task,
  });
  t.after(() => broker.close());
  broker.start();
  await broker.connected(AbortSignal.timeout(20_000));
  const handled: Level[] = [];
  return {
    handled,
    send: (level: Level, count: number) =>
      send(
        broker,
        Array.from({ length: count }, () =>
          buildMessage({ channel: levelTopicName(task, level), body: level }),
        ),
      ),
    consume() {
      const consumer = broker.consume({
        name: task,
        channels: topics.map(({ name }) => name),
        shareOf,
        concurrency: 1,
        async onDelivery({ body }) {
          await working(workMs);
          handled.push(String(body) as Level);
        },
      });
      t.after(() => consumer.stop(1_000));
    },
  };
}

test('kafka: of a backlog in all levels 13 messages are 9, 3 and 1, and the low level moves', async (t) => {
  const scene = await kafkaScene(t, 3);
  for (const level of ['low', 'normal', 'high'] as const) await scene.send(level, 300);
  scene.consume();
  await eventually(() => ok(scene.handled.length >= 26 * 13), patient);
  const { high = 0, normal = 0, low = 0 } = counts(scene.handled.slice(0, 26 * 13));
  t.diagnostic(`of the first ${26 * 13}: high ${high}, normal ${normal}, low ${low}`);
  ok(Math.abs(high - 26 * 9) <= 13, `high: ${high}`);
  ok(Math.abs(normal - 26 * 3) <= 10, `normal: ${normal}`);
  ok(Math.abs(low - 26) <= 5, `low: ${low}`);
});

test('kafka: express overtakes a backlog of low that lay there long before, and low has all when it is alone', async (t) => {
  const scene = await kafkaScene(t, 3);
  await scene.send('low', 1_000);
  scene.consume();
  await eventually(() => ok(scene.handled.length >= 30), patient);
  deepStrictEqual(counts(scene.handled.slice(0, 30)), { high: 0, normal: 0, low: 30 });

  await scene.send('high', 50);
  const before = scene.handled.length;
  await eventually(() => deepStrictEqual(counts(scene.handled)['high'], 50), patient);
  const { low = 0 } = counts(scene.handled.slice(before, scene.handled.lastIndexOf('high')));
  t.diagnostic(`${low} of low were handled while 50 of high were sent, fetched and handled`);
  ok(low < 300, `${low} of low`);
});
