import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { PlacedOrder } from './placed-orders.ts';
import { Turns } from './turns.ts';

const order = (orderId: string, status = 'pending', tookMs?: number): PlacedOrder => ({
  orderId,
  status,
  total: { amount: 950, currency: 'EUR' },
  saga: 'choreography',
  broker: 'kafka',
  ...(tookMs !== undefined && { tookMs }),
});

const newestFirst = ['e', 'd', 'c', 'b', 'a'].map((id) => order(id));
const next = (turns: Turns, orders: readonly PlacedOrder[] = newestFirst) =>
  turns.next(orders).map(({ orderId }) => orderId);

test('each open one has its turn, the newest first, also when none of them ever ends', () => {
  const turns = new Turns(2);
  deepStrictEqual(
    [next(turns), next(turns), next(turns), next(turns)],
    [['e', 'd'], ['c', 'b'], ['a'], ['e', 'd']],
  );
});

test('when all have had their turn it begins anew at once', () => {
  const turns = new Turns(5);
  deepStrictEqual([next(turns), next(turns)], [next(new Turns(5)), next(new Turns(5))]);
  deepStrictEqual(next(turns, []), []);
});

test('those that have ended are passed over, and one that has ended keeps the place', () => {
  const turns = new Turns(1);
  const ended = [order('d'), order('c', 'cancelled', 0), order('b', 'completed', 9), order('a')];
  deepStrictEqual(next(turns, ended), ['d']);
  deepStrictEqual(next(turns, [order('d', 'completed', 5), ...ended.slice(1)]), ['a']);
});

test('one that has ended without its beginning having been told has its turn, too', () => {
  deepStrictEqual(next(new Turns(10), [order('b', 'completed'), order('a', 'completed', 5)]), ['b']);
});

test('when the last one is not kept any more it begins with the newest', () => {
  const turns = new Turns(2);
  deepStrictEqual(next(turns, newestFirst.slice(2)), ['c', 'b']);
  deepStrictEqual(next(turns, newestFirst.slice(0, 3)), ['e', 'd']);
});

test('when any may have gone on unheard it begins with the newest, and none waits until all have had their turn', () => {
  const turns = new Turns(2);
  next(turns);
  strictEqual(turns.isUrgent, false);
  turns.hurry();
  deepStrictEqual([next(turns), turns.isUrgent], [['e', 'd'], true]);
  deepStrictEqual([next(turns), turns.isUrgent], [['c', 'b'], true]);
  deepStrictEqual([next(turns), turns.isUrgent], [['a'], false]);
});
