import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { inTurn } from './in-turn.ts';

const order = (orderId: string, status = 'pending', tookMs?: number) => ({
  orderId,
  status,
  total: { amount: 950, currency: 'EUR' as const },
  saga: 'choreography' as const,
  broker: 'kafka' as const,
  ...(tookMs !== undefined && { tookMs }),
});

const ids = (...given: Parameters<typeof inTurn>) => inTurn(...given).map(({ orderId }) => orderId);

test('each open one has its turn, the oldest first, also when none of them ever ends', () => {
  const orders = ['e', 'd', 'c', 'b', 'a'].map((id) => order(id));
  deepStrictEqual(ids(orders, undefined, 2), ['a', 'b']);
  deepStrictEqual(ids(orders, 'b', 2), ['c', 'd']);
  deepStrictEqual(ids(orders, 'd', 2), ['e', 'a']);
});

test('those that have ended are passed over, and one that has ended keeps the place', () => {
  const orders = [order('d'), order('c', 'cancelled', 0), order('b', 'completed', 9), order('a')];
  deepStrictEqual(ids(orders, 'b', 1), ['d']);
  deepStrictEqual(ids(orders, 'd', 5), ['a', 'd']);
});

test('when the last one is not kept any more it goes on with the oldest', () => {
  deepStrictEqual(ids([order('c'), order('b')], 'a', 1), ['b']);
});

test('none is handed out twice', () => {
  deepStrictEqual(ids([order('b'), order('a')], 'a', 10), ['b', 'a']);
  deepStrictEqual(ids([], undefined, 10), []);
});

test('one that has ended without its beginning having been told has its turn, too', () => {
  deepStrictEqual(ids([order('b', 'completed'), order('a', 'completed', 5)], undefined, 10), ['b']);
});
