import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts, OrderFact } from '@conveyor/testing/invariants/facts';
import { type Aftermath, channels } from './aftermath.ts';
import { type Evidence, type Findings, findingsOf, isClean } from './findings.ts';
import type { Exchange, PlacedOrder } from './load.ts';

const total = { amount: 1900, currency: 'EUR' };
const order: OrderFact = {
  orderId: 'one',
  events: ['order.created', 'order.reserved', 'order.paid', 'order.completed'],
  versions: [1, 2, 3, 4],
  total,
  items: [{ sku: 'mug', quantity: 2 }],
};
const charge = { orderId: 'one', kind: 'charge', ...total } as const;
const facts: Facts = {
  orders: [order],
  ledger: [charge],
  products: [{ sku: 'mug', onHand: 8, reserved: 0, sold: 2, adjusted: 10 }],
  reservations: [],
  payments: [{ orderId: 'one', status: 'charged' }],
  sagas: [],
};
const aftermath: Aftermath = {
  letters: [],
  parked: [],
  deliveries: channels.map((channel) => ({ orderId: 'one', channel, times: 1 })),
};
const placed: Exchange = { what: 'place', n: 0, at: 0, tookMs: 5, outcome: 202, orderId: 'one' };
const heard: PlacedOrder = { n: 0, orderId: 'one', broker: 'kafka', acceptedAt: 5, status: 'completed' };
const sound: Evidence = {
  facts,
  aftermath,
  accepted: ['one'],
  told: { exchanges: [placed], orders: [heard] },
  differences: [],
  isComplete: true,
};

/** What is found, without the details. */
function found(evidence: Partial<Evidence>): Findings {
  const codes = (lines: readonly string[]) => lines.map((line) => line.split(/[:,]/)[0] ?? '');
  const { lost, doubled, differing, givenUp } = findingsOf({ ...sound, ...evidence });
  return {
    lost: codes(lost),
    doubled: codes(doubled),
    differing: codes(differing),
    givenUp: codes(givenUp),
  };
}

const nothing: Findings = { lost: [], doubled: [], differing: [], givenUp: [] };

test('where all is well nothing is found', () => {
  deepStrictEqual(found({}), nothing);
  deepStrictEqual(isClean(findingsOf(sound)), true);
});

test('a lost order is named by its id', () => {
  const evidence = { accepted: ['one', 'ghost'] };
  deepStrictEqual(found(evidence), { ...nothing, lost: ['accepted-order-lost ghost'] });
  deepStrictEqual(isClean(findingsOf({ ...sound, ...evidence })), false);
});

test('a doubled charge is named by its order', () => {
  deepStrictEqual(found({ facts: { ...facts, ledger: [charge, charge] } }), {
    ...nothing,
    doubled: ['not-charged-exactly-once one'],
  });
});

test('a request that was answered with two orders has placed two', () => {
  const again = { ...placed, what: 'repeat', orderId: 'two' } as const;
  const foundAfter = (second: Exchange) => found({ told: { exchanges: [placed, second], orders: [heard] } });
  deepStrictEqual(foundAfter({ ...again, orderId: 'one' }), nothing);
  deepStrictEqual(foundAfter(again).doubled, ['placed-twice one']);
});

test('an order whose stream ends otherwise than a client was told is found', () => {
  const foundWith = (order: PlacedOrder) => found({ told: { exchanges: [placed], orders: [order] } });
  deepStrictEqual(foundWith({ ...heard, status: 'cancelled' }), {
    ...nothing,
    differing: ['told-otherwise one'],
  });
  const { status, ...unheard } = heard;
  deepStrictEqual(foundWith(unheard), nothing);
});

test('an order that no client knows of is a second one, once every client has its answer', () => {
  const stranger = {
    ...order,
    orderId: 'two',
    events: ['order.created', 'order.cancelled'],
    versions: [1, 2],
  };
  const told = channels.map((channel) => ({ orderId: 'two', channel, times: 1 }));
  const evidence = {
    facts: { ...facts, orders: [order, stranger] },
    aftermath: { ...aftermath, deliveries: [...aftermath.deliveries, ...told] },
  };
  deepStrictEqual(found(evidence), { ...nothing, doubled: ['order-of-nobody two'] });
  deepStrictEqual(found({ ...evidence, isComplete: false }), nothing);
});

test('stolen stock and a wrong document differ', () => {
  const products = [{ sku: 'mug', onHand: 7, reserved: 0, sold: 2, adjusted: 10 }];
  deepStrictEqual(found({ facts: { ...facts, products }, differences: ['one: total'] }), {
    ...nothing,
    differing: ['stock-not-conserved mug', 'read-side-differs one'],
  });
});

test('a customer who is not told how his order ended is found, and one who is told twice', () => {
  const [email, ...others] = aftermath.deliveries;
  ok(email);
  const deliveriesWith = (times: number) => ({
    aftermath: { ...aftermath, deliveries: [{ ...email, times }, ...others] },
  });
  deepStrictEqual(found(deliveriesWith(0)), { ...nothing, lost: ['untold one'] });
  deepStrictEqual(found(deliveriesWith(2)), { ...nothing, doubled: ['told-twice one'] });
});

test('a dead letter excuses only the channel whose it is, or all if it was never asked to tell', () => {
  const withoutMail = aftermath.deliveries.filter(({ channel }) => channel !== 'email');
  const foundWith = (consumer: string, deliveries: Aftermath['deliveries']) => {
    const letters = [{ id: 'a letter', consumer, reason: 'permanent', error: null, subject: 'one' }];
    return found({ aftermath: { ...aftermath, deliveries, letters } });
  };
  const excused = { ...nothing, givenUp: ['given-up a letter'] };
  deepStrictEqual(foundWith('notification.email', withoutMail), excused);
  deepStrictEqual(foundWith('notification.orders', []), excused);
  for (const consumer of ['notification.sms', 'payment.charge'])
    deepStrictEqual(foundWith(consumer, withoutMail), { ...excused, lost: ['untold one'] });
});

test('what no queue would take is found', () => {
  const parked = [{ id: 'a message', reason: 'NO_ROUTE' }];
  deepStrictEqual(found({ aftermath: { ...aftermath, parked } }), { ...nothing, lost: ['parked a message'] });
});
