import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { lookUpNext } from './look-up-next.ts';
import { PlacedOrders } from './placed-orders.ts';
import { Turns } from './turns.ts';

const at = new Date(0).toISOString();

/** Orders from one number to another. */
const orders = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({
    orderId: `${from + n}`,
    status: 'pending' as const,
    total: { amount: 950, currency: 'EUR' as const },
    saga: 'choreography' as const,
    broker: 'kafka' as const,
    correlationId: 'c',
  }));

/** So many orders that have been completed without anybody having heard of it. */
function unheard(count: number) {
  const placed = new PlacedOrders(2_000);
  placed.add(orders(0, count));
  const turns = new Turns(25);
  const stop = new AbortController();
  const asked: string[] = [];
  const look = (lookedUp: (orderId: string) => void = () => {}) =>
    lookUpNext(placed, turns, {
      lookUp: async (orderId) => {
        asked.push(orderId);
        lookedUp(orderId);
        const told = { id: orderId, orderId, at, kind: 'state', service: 'order' } as const;
        return [
          { ...told, detail: 'pending' },
          { ...told, detail: 'completed' },
        ];
      },
      signal: stop.signal,
    });
  const underWay = () => placed.view().filter(({ status }) => status !== 'completed').length;
  return { placed, turns, stop, asked, look, underWay };
}

test('a few are looked up at a time, the newest first', async () => {
  const { asked, look, underWay } = unheard(100);
  await look();
  deepStrictEqual([asked.length, asked[0], asked.at(-1), underWay()], [25, '99', '75', 75]);
});

test('when any may have gone on unheard all are looked up in one go, and those on show are right first', async () => {
  const { placed, turns, asked, look, underWay } = unheard(2_000);
  const seen: number[] = [];
  placed.subscribe(() => seen.push(underWay()));
  turns.hurry();
  await look();
  deepStrictEqual([asked.length, asked[0], underWay()], [2_000, '1999', 0]);
  // Drawn for each turn, not for each order.
  deepStrictEqual([seen.length, seen[0]], [80, 1_975]);
});

test('a few at a time again once that is done', async () => {
  const { placed, turns, asked, look } = unheard(60);
  turns.hurry();
  await look();
  strictEqual(asked.length, 60);
  placed.add(orders(60, 100));
  await look();
  strictEqual(asked.length, 85);
});

test('left in the middle, it asks for no more', async () => {
  const { turns, stop, asked, look } = unheard(100);
  turns.hurry();
  await look((orderId) => {
    if (orderId === '60') stop.abort();
  });
  strictEqual(asked.length, 50);
});
