import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { PlacedOrders, readState } from './placed-orders.ts';

const accepted = (orderId: string) => ({
  orderId,
  status: 'pending' as const,
  total: { amount: 950, currency: 'EUR' as const },
  saga: 'choreography' as const,
  broker: 'kafka' as const,
  correlationId: 'c',
});

const state = (orderId: string, detail: string, ms = 0) => ({
  id: `${orderId} ${detail}`,
  orderId,
  at: new Date(ms).toISOString(),
  kind: 'state' as const,
  service: 'order',
  detail,
});

test('a state is read with its reason', () => {
  deepStrictEqual(readState('paid'), { status: 'paid' });
  deepStrictEqual(readState('cancelled: payment-declined'), {
    status: 'cancelled',
    reason: 'payment-declined',
  });
  deepStrictEqual(readState('reserved, to be cancelled: expired'), { status: 'reserved' });
});

test('an order follows what is told of it, and says how long it took', () => {
  const orders = new PlacedOrders(10);
  orders.add([accepted('a'), accepted('b')]);
  orders.note([state('a', 'pending', 100), state('a', 'reserved', 200), state('stranger', 'paid', 200)]);
  deepStrictEqual(
    orders.view().map(({ orderId, status }) => [orderId, status]),
    [
      ['b', 'pending'],
      ['a', 'reserved'],
    ],
  );
  orders.note([state('a', 'cancelled: out-of-stock', 450)]);
  const [, a] = orders.view();
  deepStrictEqual([a?.status, a?.reason, a?.tookMs], ['cancelled', 'out-of-stock', 350]);
});

test('what is told before the answer is here counts, too', () => {
  const orders = new PlacedOrders(10);
  orders.note([state('a', 'completed', 5)]);
  orders.add([accepted('a')]);
  strictEqual(orders.view()[0]?.status, 'completed');
});

test('what comes late does not undo what came after it', () => {
  const orders = new PlacedOrders(10);
  orders.add([accepted('a')]);
  orders.note([state('a', 'completed', 50), state('a', 'reserved', 20)]);
  strictEqual(orders.view()[0]?.status, 'completed');
});

test('no more are kept than wanted', () => {
  const orders = new PlacedOrders(2);
  for (const id of ['a', 'b', 'c']) orders.add([accepted(id)]);
  deepStrictEqual(
    orders.view().map(({ orderId }) => orderId),
    ['c', 'b'],
  );
  strictEqual(orders.total, 3);
});

test('whatever is told of strangers, it is known when an order on show began', () => {
  const orders = new PlacedOrders(2);
  orders.add([accepted('a')]);
  orders.note([state('a', 'pending', 100)]);
  for (let n = 0; n < 20; n += 1) orders.note([state(`stranger ${n}`, 'pending', 200)]);
  orders.note([state('a', 'completed', 900)]);
  strictEqual(orders.view()[0]?.tookMs, 800);
});

test('of strangers the latest are remembered, the others forgotten', () => {
  const orders = new PlacedOrders(2);
  for (const id of ['a', 'b', 'c', 'd', 'e']) orders.note([state(id, 'completed')]);
  orders.add([accepted('a'), accepted('e')]);
  deepStrictEqual(
    orders.view().map(({ orderId, status }) => [orderId, status]),
    [
      ['e', 'completed'],
      ['a', 'pending'],
    ],
  );
});

test('how long it took is not said before it is known when it began', () => {
  const orders = new PlacedOrders(10);
  orders.add([accepted('a')]);
  orders.note([state('a', 'paid', 300), state('a', 'completed', 500)]);
  deepStrictEqual([orders.view()[0]?.status, orders.view()[0]?.tookMs], ['completed', undefined]);
  orders.note([state('a', 'pending', 100)]);
  strictEqual(orders.view()[0]?.tookMs, 400);
});
