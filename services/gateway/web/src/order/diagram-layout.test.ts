import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Timeline } from '@conveyor/contracts/http';
import { layOut } from './diagram-layout.ts';
import type { Happening } from './happening.ts';

const start = Date.parse('2026-11-23T10:00:00.000Z');

const entry = (
  ms: number,
  kind: Happening['kind'],
  service: string,
  more: Partial<Happening> = {},
): Happening => ({
  at: new Date(start + ms).toISOString(),
  kind,
  service,
  ...more,
});

const created = { type: 'order.created', messageId: 'm1', broker: 'kafka' } as const;

const timeline = (entries: readonly Happening[], next: readonly string[] = []): Timeline => ({
  orderId: 'o',
  entries: [...entries],
  saga: { style: 'choreography', state: 'running', done: [], next: [...next] },
});

test('services stand side by side, the later further down', () => {
  const { lanes, ticks, sendings } = layOut(
    timeline([
      entry(30, 'received', 'inventory', { ...created, consumer: 'inventory.events' }),
      entry(0, 'published', 'order', created),
    ]),
  );
  deepStrictEqual(
    lanes.map(({ service }) => service),
    ['order', 'inventory'],
  );
  const [arrow] = sendings[0]?.arrows ?? [];
  ok(arrow);
  ok(arrow.to.y > arrow.from.y);
  deepStrictEqual([arrow.from.x, arrow.to.x], [lanes[0]?.x, lanes[1]?.x]);
  strictEqual(ticks[0]?.ms, 0);
});

test('one message with several receivers is one sending with an arrow to each', () => {
  const { sendings } = layOut(
    timeline([
      entry(0, 'published', 'inventory', created),
      entry(5, 'received', 'order', { ...created, consumer: 'order.events' }),
      entry(6, 'received', 'payment', { ...created, consumer: 'payment.events' }),
    ]),
  );
  strictEqual(sendings.length, 1);
  strictEqual(sendings[0]?.arrows.length, 2);
});

test('a message on both brokers is received from the one it came by', () => {
  const { sendings } = layOut(
    timeline([
      entry(0, 'published', 'order', { ...created, broker: 'rabbitmq' }),
      entry(1, 'published', 'order', created),
      entry(5, 'received', 'inventory', { ...created, broker: 'rabbitmq', consumer: 'inventory.events' }),
      entry(9, 'received', 'order-query', { ...created, consumer: 'order-query.events' }),
    ]),
  );
  deepStrictEqual(
    sendings.map(({ broker, arrows }) => [broker, arrows.map(({ key }) => key)]),
    [
      ['rabbitmq', ['m1 inventory.events']],
      ['kafka', ['m1 order-query.events']],
    ],
  );
});

test('tries, their failures and the dead letter are marked; the sender sends once', () => {
  const at = { ...created, consumer: 'inventory.events' };
  const { sendings, marks, works } = layOut(
    timeline([
      entry(0, 'published', 'order', created),
      entry(5, 'received', 'inventory', { ...at, attempt: 1 }),
      entry(9, 'retried', 'inventory', { ...at, attempt: 2, detail: 'on-purpose' }),
      entry(1_009, 'received', 'inventory', { ...at, attempt: 2 }),
      entry(1_020, 'dead-lettered', 'inventory', { ...at, attempt: 2, detail: 'on-purpose' }),
    ]),
  );
  strictEqual(sendings.flatMap(({ arrows }) => arrows).length, 1);
  deepStrictEqual(
    marks.map(({ kind }) => kind),
    ['retried', 'attempt', 'dead-lettered'],
  );
  strictEqual(works.length, 2);
});

test('a long silence is said and hardly stretches the picture', () => {
  const { ticks, height } = layOut(
    timeline([
      entry(0, 'state', 'order', { detail: 'pending' }),
      entry(300_000, 'state', 'order', { detail: 'cancelled' }),
    ]),
  );
  strictEqual(ticks.at(-1)?.pauseMs, 300_000);
  ok(height < 400, `${height}`);
});

test('what is still to come stands below, with whoever will do it', () => {
  const { coming, lanes, end, height } = layOut(
    timeline([entry(0, 'published', 'order', created)], ['reserve', 'undo charge']),
  );
  const xOf = (service: string) => lanes.find((lane) => lane.service === service)?.x;
  deepStrictEqual(
    coming.map(({ step, x }) => [step, x]),
    [
      ['reserve', xOf('inventory')],
      ['undo charge', xOf('payment')],
    ],
  );
  ok(coming.every(({ y }) => y > end && y < height));
});

test('what undoes something is marked as such', () => {
  const { sendings } = layOut(
    timeline([
      entry(0, 'published', 'payment', { type: 'payment.failed', messageId: 'a' }),
      entry(5, 'published', 'inventory', { type: 'inventory.released', messageId: 'b' }),
    ]),
  );
  deepStrictEqual(
    sendings.map(({ isUndo }) => isUndo),
    [false, true],
  );
});

test('what nobody has received is on its way, until all is over', () => {
  const left = (state: Timeline['saga']['state']) => {
    const told = timeline([entry(0, 'published', 'order', created)]);
    const { sendings } = layOut({ ...told, saga: { ...told.saga, state } });
    return sendings.map(({ isWaitedForNoMore }) => isWaitedForNoMore);
  };
  deepStrictEqual([left('running'), left('done')], [[false], [true]]);
});

test('what is sent once more after it was given up is no second message', () => {
  const { sendings } = layOut(
    timeline([
      entry(0, 'published', 'order', created),
      entry(5, 'dead-lettered', 'inventory', created),
      entry(9, 'published', 'inventory', created),
      entry(12, 'handled', 'inventory', created),
    ]),
  );
  deepStrictEqual(
    sendings.map(({ service, arrows }) => [service, arrows.length]),
    [['order', 1]],
  );
});

test('nothing at all is an empty picture', () => {
  deepStrictEqual(layOut(timeline([])).lanes, []);
});
