import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts, LedgerFact, OrderFact, ProductFact } from './facts.ts';
import { findViolations } from './violations.ts';

const total = { amount: 1900, currency: 'EUR' };
const completed: OrderFact = {
  orderId: 'completed',
  events: ['order.created', 'order.reserved', 'order.paid', 'order.completed'],
  versions: [1, 2, 3, 4],
  total,
  items: [{ sku: 'mug', quantity: 2 }],
};
const cancelled: OrderFact = {
  orderId: 'cancelled',
  events: ['order.created', 'order.cancelled'],
  versions: [1, 2],
  total,
  items: [{ sku: 'mug', quantity: 5 }],
};
const charge: LedgerFact = { orderId: 'completed', kind: 'charge', ...total };
const mug: ProductFact = { sku: 'mug', onHand: 8, reserved: 0, sold: 2, adjusted: 10 };
const sound: Facts = {
  orders: [completed, cancelled],
  ledger: [charge],
  products: [mug],
  reservations: [],
  payments: [{ orderId: 'completed', status: 'charged' }],
  sagas: [{ orderId: 'cancelled', status: 'done', end: 'compensated', stuck: null }],
};

function codes(facts: Partial<Facts>, accepted: string[] = ['completed', 'cancelled']) {
  return findViolations({ ...sound, ...facts }, accepted).map(({ code, id }) => `${code} ${id}`);
}

test('sound facts have no violation', () => {
  deepStrictEqual(codes({}), []);
});

test('an accepted order without a stream is lost', () => {
  deepStrictEqual(codes({}, ['completed', 'ghost']), ['accepted-order-lost ghost']);
});

test('an order that has not ended, ended twice, or has a gap in its stream is found', () => {
  const open = { ...cancelled, events: ['order.created'], versions: [1] };
  const twice = {
    ...cancelled,
    events: ['order.created', 'order.cancelled', 'order.cancelled'],
    versions: [1, 2, 3],
  };
  const gap = { ...cancelled, versions: [1, 3] };
  deepStrictEqual(codes({ orders: [completed, open] }), ['order-not-final cancelled']);
  deepStrictEqual(codes({ orders: [completed, twice] }), ['ended-twice cancelled']);
  deepStrictEqual(codes({ orders: [completed, gap] }), ['stream-has-gap cancelled']);
});

test('a request to cancel ends nothing by itself, and is not followed by a completion', () => {
  const events = ['order.created', 'order.cancel-requested'];
  const asked = (...more: string[]) => ({
    ...cancelled,
    events: [...events, ...more],
    versions: [...events, ...more].map((_, index) => index + 1),
  });
  deepStrictEqual(codes({ orders: [completed, asked()] }), ['order-not-final cancelled']);
  deepStrictEqual(codes({ orders: [completed, asked('order.completion-refused')] }), [
    'order-not-final cancelled',
  ]);
  deepStrictEqual(codes({ orders: [completed, asked('order.completion-refused', 'order.cancelled')] }), []);
  const orders = [{ ...completed, events: [...events, 'order.paid', 'order.completed'] }, cancelled];
  deepStrictEqual(codes({ orders }), ['completed-though-cancelled completed']);
});

test('a saga that is not done is found, with what it is stuck in', () => {
  for (const status of ['running', 'compensating']) {
    const sagas = [{ orderId: 'cancelled', status, end: null, stuck: null }];
    deepStrictEqual(codes({ sagas }), ['saga-not-finished cancelled']);
  }
  const stuck = {
    orderId: 'cancelled',
    status: 'stuck',
    end: null,
    stuck: 'payment.refund has not been answered',
  };
  deepStrictEqual(findViolations({ ...sound, sagas: [stuck] }, []), [
    {
      code: 'saga-not-finished',
      id: 'cancelled',
      detail: 'it is stuck: payment.refund has not been answered',
    },
  ]);
});

test('a saga that ended otherwise than its order is found', () => {
  const done = { status: 'done', stuck: null };
  const sagas = [
    { orderId: 'cancelled', end: 'completed', ...done },
    { orderId: 'completed', end: 'compensated', ...done },
  ];
  deepStrictEqual(codes({ sagas }), ['saga-ended-otherwise cancelled', 'saga-ended-otherwise completed']);
});

test('what payment has not settled is found', () => {
  for (const status of ['charging', 'voiding', 'refunding']) {
    deepStrictEqual(codes({ payments: [{ orderId: 'cancelled', status }] }), [
      'payment-unresolved cancelled',
    ]);
  }
  for (const status of ['declined', 'timed-out', 'refunded']) {
    deepStrictEqual(codes({ payments: [{ orderId: 'cancelled', status }] }), []);
  }
});

test('a completed order is charged exactly once, by its total', () => {
  deepStrictEqual(codes({ ledger: [] }), ['not-charged-exactly-once completed']);
  deepStrictEqual(codes({ ledger: [charge, charge] }), ['not-charged-exactly-once completed']);
  deepStrictEqual(codes({ ledger: [charge, { ...charge, kind: 'refund' }] }), [
    'not-charged-exactly-once completed',
  ]);
  deepStrictEqual(codes({ ledger: [{ ...charge, amount: 1 }] }), ['charged-wrong-amount completed']);
});

test('a cancelled order has paid nothing net', () => {
  const other = { ...charge, orderId: 'cancelled' };
  deepStrictEqual(codes({ ledger: [charge, other] }), ['cancelled-but-charged cancelled']);
  const refund = { ...other, kind: 'refund' as const };
  deepStrictEqual(codes({ ledger: [charge, other, refund] }), []);
  deepStrictEqual(codes({ ledger: [charge, other, refund, other, refund] }), [
    'charged-more-than-once cancelled',
  ]);
});

test('a charge that belongs to no order is found', () => {
  deepStrictEqual(codes({ ledger: [charge, { ...charge, orderId: 'ghost' }] }), [
    'charge-without-order ghost',
  ]);
});

test('stock that is not conserved, still reserved, or sold without an order is found', () => {
  deepStrictEqual(codes({ products: [{ ...mug, onHand: 7 }] }), ['stock-not-conserved mug']);
  deepStrictEqual(codes({ products: [{ ...mug, reserved: 1 }] }), ['stock-still-reserved mug']);
  deepStrictEqual(codes({ products: [{ ...mug, onHand: 7, sold: 3 }] }), ['sold-differs-from-orders mug']);
  deepStrictEqual(codes({ reservations: [{ orderId: 'cancelled', status: 'reserved' }] }), [
    'stock-still-reserved cancelled',
  ]);
});

test('goods that came to another end than their order are found, though the sums are right', () => {
  const withStatuses = (ofCompleted: string, ofCancelled: string) => ({
    reservations: [
      { orderId: 'completed', status: ofCompleted },
      { orderId: 'cancelled', status: ofCancelled },
    ],
  });
  for (const status of ['released', 'withdrawn', 'rejected']) {
    deepStrictEqual(codes(withStatuses('sold', status)), []);
    deepStrictEqual(codes(withStatuses(status, 'sold')), [
      'reservation-ended-otherwise completed',
      'reservation-ended-otherwise cancelled',
    ]);
  }
  const ghost = { orderId: 'ghost', status: 'sold' };
  deepStrictEqual(codes({ reservations: [ghost] }), ['reservation-ended-otherwise ghost']);
});

test('a charge that has ended otherwise than its order is found, whatever the ledger says', () => {
  for (const status of ['declined', 'timed-out', 'refunded'])
    deepStrictEqual(codes({ payments: [{ orderId: 'completed', status }] }), [
      'payment-ended-otherwise completed',
    ]);
  deepStrictEqual(codes({ payments: [{ orderId: 'cancelled', status: 'charged' }] }), [
    'payment-ended-otherwise cancelled',
  ]);
});

test('what was sold of a product that is gone is missed', () => {
  deepStrictEqual(codes({ products: [] }), ['sold-differs-from-orders mug']);
});
