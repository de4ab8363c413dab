import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as working } from 'node:timers/promises';
import { buildMessage } from '@conveyor/testing/build-message';
import { eventually } from '@conveyor/testing/eventually';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { uniqueName } from '@conveyor/testing/unique-name';
import { allConfirmed } from '../conformance/playground.ts';
import type { Broker } from '../port.ts';

const patient = { timeoutMs: 60_000 };
const shares = { high: 9, normal: 3, low: 1 } as const;
type Level = keyof typeof shares;

/** Three topics, and one worker who takes messages from them by their shares, each of which takes him `workMs`. */
async function scene(context: TestContext, workMs: number) {
  const topics = { high: uniqueName('high'), normal: uniqueName('normal'), low: uniqueName('low') };
  const levelOf = (topic: string) =>
    (Object.keys(topics) as Level[]).find((level) => topics[level] === topic);
  const broker: Broker = await startTestKafka(Object.values(topics), 2);
  context.after(() => broker.close());
  const handled: (Level | undefined)[] = [];
  return {
    handled,
    async send(level: Level, count: number) {
      const messages = Array.from({ length: count }, () => buildMessage({ channel: topics[level] }));
      allConfirmed(await broker.publisher.publish(messages));
    },
    begin() {
      const consumer = broker.consume({
        name: uniqueName('group'),
        channels: Object.values(topics),
        shareOf: (topic) => shares[levelOf(topic) ?? 'low'],
        concurrency: 1,
        async onDelivery({ origin }) {
          await working(workMs);
          handled.push(levelOf(origin.channel));
        },
      });
      context.after(() => consumer.stop(1_000));
    },
  };
}

function count(handled: readonly unknown[], level: Level): number {
  return handled.filter((other) => other === level).length;
}

function assertNear(actual: number, wanted: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - wanted) <= tolerance, `${what}: ${actual} instead of about ${wanted}`);
}

// With 20 ms the topic of the lowest share is paused between its messages, with 2 ms it never is.
for (const workMs of [2, 20]) {
  test(`topics with a backlog are handled by their shares, with ${workMs} ms of work, and the last one moves`, async (context) => {
    const { send, begin, handled } = await scene(context, workMs);
    for (const level of ['low', 'normal', 'high'] as const) await send(level, 200);
    begin();
    await eventually(() => assert.ok(handled.length >= 15 * 13), patient);
    const first = handled.slice(0, 15 * 13);
    context.diagnostic(
      `high ${count(first, 'high')}, normal ${count(first, 'normal')}, low ${count(first, 'low')}`,
    );
    assertNear(count(first, 'high'), 135, 8, 'high');
    assertNear(count(first, 'normal'), 45, 6, 'normal');
    assertNear(count(first, 'low'), 15, 3, 'low');
  });
}

test('what comes to the first topic is not kept waiting by what lay in the last one', async (context) => {
  const { send, begin, handled } = await scene(context, 3);
  await send('low', 1_500);
  begin();
  await eventually(() => assert.ok(handled.length > 50), patient);
  await send('high', 50);
  const before = handled.length;
  await eventually(() => assert.equal(count(handled, 'high'), 50), patient);
  const meanwhile = count(handled.slice(before, handled.lastIndexOf('high')), 'low');
  context.diagnostic(`${meanwhile} of the last topic were handled meanwhile`);
  assert.ok(meanwhile < 400, `${meanwhile} of the last topic were handled meanwhile`);
});
