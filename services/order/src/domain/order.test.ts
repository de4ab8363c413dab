import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import {
  decide,
  evolve,
  noOrder,
  type Order,
  type OrderCommand,
  type OrderEvent,
  type Placement,
} from './order.ts';

const placement: Placement = {
  orderId: '0198c1a0-0000-7000-8000-000000000001',
  customerId: 'ada',
  items: [{ sku: 'mug', name: 'Mug', quantity: 2, unitPrice: 950 }],
  total: { amount: 1900, currency: 'EUR' },
  priority: 'standard',
  saga: 'choreography',
  broker: 'kafka',
};
const closing = {
  orderId: placement.orderId,
  customerId: placement.customerId,
  total: placement.total,
  priority: placement.priority,
};
const created: OrderEvent = { type: 'order.created', data: placement };
const reserved: OrderEvent = { type: 'order.reserved', data: { orderId: placement.orderId } };
const paid: OrderEvent = { type: 'order.paid', data: { orderId: placement.orderId } };
const completed: OrderEvent = { type: 'order.completed', data: closing };
const cancelled: OrderEvent = { type: 'order.cancelled', data: { ...closing, reason: 'out-of-stock' } };

function given(...events: OrderEvent[]) {
  const order = events.reduce(evolve, noOrder as Order);
  return {
    when: (command: OrderCommand) => ({
      thenEvents: (...expected: OrderEvent[]) => deepStrictEqual(decide(command, order), expected),
      rejected: (code: string) => deepStrictEqual(decide(command, order), { rejected: code }),
    }),
  };
}

test('placing creates the order', () => {
  given().when({ type: 'place', placement }).thenEvents(created);
});

test('an order is placed once', () => {
  given(created).when({ type: 'place', placement }).rejected('exists-already');
});

test('a pending order takes note of its reservation', () => {
  given(created).when({ type: 'note-reserved' }).thenEvents(reserved);
});

test('payment completes a reserved order', () => {
  given(created, reserved).when({ type: 'note-paid' }).thenEvents(paid, completed);
});

test('payment is accepted before the reservation is heard of, which then adds nothing', () => {
  given(created).when({ type: 'note-paid' }).thenEvents(paid, completed);
  given(created, paid, completed).when({ type: 'note-reserved' }).rejected('nothing-to-do');
});

test('an order that is not final can be cancelled, with the reason', () => {
  given(created).when({ type: 'cancel', reason: 'out-of-stock' }).thenEvents(cancelled);
  deepStrictEqual([created, cancelled].reduce(evolve, noOrder as Order), {
    ...placement,
    status: 'cancelled',
    reason: 'out-of-stock',
  });
});

test('what is final stays: the first ending wins', () => {
  given(created, cancelled).when({ type: 'note-paid' }).rejected('nothing-to-do');
  given(created, cancelled).when({ type: 'cancel', reason: 'payment-declined' }).rejected('nothing-to-do');
  given(created, paid, completed).when({ type: 'cancel', reason: 'expired' }).rejected('nothing-to-do');
});

test('nothing is decided about an order that was never placed', () => {
  given().when({ type: 'note-paid' }).rejected('unknown-order');
});
