import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { derivedMessageId } from '@conveyor/brokers';
import type { CancelReason } from '@conveyor/contracts';
import type { MessageData, MessageType } from '@conveyor/contracts/messages';
import { advance, type Overdue, type SagaMessage } from '@conveyor/patterns/saga-orchestration/advance';
import { inWords, progress } from '@conveyor/patterns/saga-orchestration/progress';
import { heardBy } from '@conveyor/patterns/saga-orchestration/saga';
import { specify } from '@conveyor/testing/specs/given-when-then';
import { rabbitTopology } from '@conveyor/topology';
import { type OrderSagaState, orderSaga } from './order-saga.ts';
import { subscriptions } from './subscriptions.ts';

const orderExpiresAfterMs = 300_000;
const saga = orderSaga(orderExpiresAfterMs);
const orderId = '0198c1a0-0000-7000-8000-000000000001';
const total = { amount: 1900, currency: 'EUR' } as const;
const items = [{ sku: 'mug', quantity: 2 }];
const priority = 'express';

function event<Type extends MessageType>(type: Type, data: MessageData<Type>, answers?: string): SagaMessage {
  const causationId = answers && derivedMessageId(orderId, answers);
  return { type, subject: orderId, causationId, data };
}

const created = event('order.created', {
  orderId,
  version: 1,
  customerId: 'ada',
  items: [{ sku: 'mug', name: 'Mug', quantity: 2, unitPrice: 950 }],
  total,
  priority,
  saga: 'orchestration',
  broker: 'kafka',
});
const cancelRequested = (reason: CancelReason) =>
  event('order.cancel-requested', { orderId, version: 2, reason });
const reserved = event('inventory.reserved', { orderId, items, total, priority }, 'reserve');
const outOfStock = event('inventory.rejected', { orderId, reason: 'out-of-stock', missing: [] }, 'reserve');
const released = event('inventory.released', { orderId, items }, 'undo reserve');
const paid = event('payment.completed', { orderId, amount: total }, 'charge');
const declined = event('payment.failed', { orderId, reason: 'payment-declined' }, 'charge');
const refunded = event('payment.refunded', { orderId, amount: total }, 'undo charge');
const closing = { orderId, version: 4, customerId: 'ada', total, priority } as const;
const completed = event('order.completed', closing, 'complete');
const refused = event('order.completion-refused', { orderId, version: 4, reason: 'expired' }, 'complete');
const cancelled = (reason: CancelReason) => event('order.cancelled', { ...closing, reason }, 'undo create');
const overdue = (step: string): Overdue => ({ overdue: derivedMessageId(orderId, step) });

type Input = SagaMessage | Overdue;

const { given } = specify({
  initial: undefined as OrderSagaState | undefined,
  evolve: (state, input: Input) => {
    const outcome = advance(saga, state, input);
    return 'dropped' in outcome ? state : outcome.state;
  },
  decide: (state, input: Input): object => {
    const outcome = advance(saga, state, input);
    if ('dropped' in outcome) return outcome;
    const sends = outcome.commands.map(({ type, data }) => ({ type, data }));
    return { sends, saga: inWords(progress(saga, outcome.state)) };
  },
});

// What is asked of the others, each time the same.
const release = { type: 'inventory.release', data: { orderId } };
const refund = { type: 'payment.refund', data: { orderId, amount: total } };
const cancel = (reason: CancelReason) => ({ type: 'order.cancel', data: { orderId, reason } });

test('an order is reserved, charged and completed', () => {
  given()
    .when(created)
    .then({
      sends: [{ type: 'inventory.reserve', data: { orderId, items, total, priority } }],
      saga: 'running, next: reserve',
    });
  given(created)
    .when(reserved)
    .then({
      sends: [{ type: 'payment.charge', data: { orderId, amount: total, priority } }],
      saga: 'running, next: charge',
    });
  given(created, reserved)
    .when(paid)
    .then({ sends: [{ type: 'order.complete', data: { orderId } }], saga: 'running, next: complete' });
  given(created, reserved, paid).when(completed).then({ sends: [], saga: 'done' });
});

test('what is out of stock cancels the order', () => {
  given(created)
    .when(outOfStock)
    .then({ sends: [cancel('out-of-stock')], saga: 'compensating (out-of-stock), next: undo create' });
  given(created, outOfStock).when(cancelled('out-of-stock')).then({ sends: [], saga: 'done (out-of-stock)' });
});

test('a declined charge releases the stock, then cancels the order', () => {
  given(created, reserved)
    .when(declined)
    .then({ sends: [release], saga: 'compensating (payment-declined), next: undo reserve' });
  given(created, reserved, declined)
    .when(released)
    .then({
      sends: [cancel('payment-declined')],
      saga: 'compensating (payment-declined), next: undo create',
    });
});

test('a refused completion refunds, releases and cancels', () => {
  const start = [created, reserved, paid];
  given(...start)
    .when(refused)
    .then({ sends: [refund], saga: 'compensating (expired), next: undo charge' });
  given(...start, refused)
    .when(refunded)
    .then({ sends: [release], saga: 'compensating (expired), next: undo reserve' });
  given(...start, refused, refunded)
    .when(released)
    .then({ sends: [cancel('expired')], saga: 'compensating (expired), next: undo create' });
  given(...start, refused, refunded, released)
    .when(cancelled('expired'))
    .then({ sends: [], saga: 'done (expired)' });
});

test('cancelled by the customer: at every stage what may have been done is undone', () => {
  const wish = cancelRequested('cancelled-by-customer');
  const undoing = 'compensating (cancelled-by-customer), next:';
  given()
    .when(wish)
    .then({ sends: [], saga: `${undoing} create` });
  given(wish)
    .when(created)
    .then({ sends: [cancel('cancelled-by-customer')], saga: `${undoing} undo create` });
  given(created)
    .when(wish)
    .then({ sends: [release], saga: `${undoing} undo reserve` });
  given(created, reserved)
    .when(wish)
    .then({ sends: [refund], saga: `${undoing} undo charge` });
  given(created, reserved, paid).when(wish).then({ dropped: 'the reply to order.complete will tell' });
});

test('the outcome of a charge that is being undone is dropped, whatever it is', () => {
  const dropped = { dropped: 'no such reply is awaited' };
  for (const late of [paid, declined]) {
    given(created, reserved, cancelRequested('expired')).when(late).then(dropped);
  }
});

test('a reservation that is not answered ends as expired, a charge as payment-timeout', () => {
  given(created)
    .when(overdue('reserve'))
    .then({ sends: [release], saga: 'compensating (expired), next: undo reserve' });
  given(created, reserved)
    .when(overdue('charge'))
    .then({ sends: [refund], saga: 'compensating (payment-timeout), next: undo charge' });
});

test('a release that is not answered needs a person, and goes on once it is', () => {
  const state = 'stuck (inventory.release has not been answered for 15 minutes), next: undo reserve';
  const start = [created, reserved, declined];
  given(...start)
    .when(overdue('undo reserve'))
    .then({ sends: [], saga: state });
  given(...start, overdue('undo reserve'))
    .when(released)
    .then({
      sends: [cancel('payment-declined')],
      saga: 'compensating (payment-declined), next: undo create',
    });
});

test('a request to cancel that is not followed by the order needs a person, and goes on once it is', () => {
  const wish = cancelRequested('expired');
  const never: Overdue = { overdue: 'order.created' };
  given(wish)
    .when(never)
    .then({ sends: [], saga: 'stuck (order.created has not come for 15 minutes), next: create' });
  given(wish, never)
    .when(created)
    .then({ sends: [cancel('expired')], saga: 'compensating (expired), next: undo create' });
});

test('every limit is longer than an order may stay unpaid, so that it is cancelled first', () => {
  for (const unpaid of [1, 300_000, 86_400_000]) {
    const { start, steps, pivot } = orderSaga(unpaid);
    const rows = [start, start.undo, ...steps, ...steps.map(({ undo }) => undo), pivot];
    deepStrictEqual([...new Set(rows.map(({ limitMs }) => limitMs))], [unpaid + 600_000]);
  }
});

test('every type that the table names is subscribed to, and the queue gets exactly those', () => {
  const taken = subscriptions(saga, () => {}).map(({ type }) => type);
  deepStrictEqual(taken.toSorted(), heardBy(saga).toSorted());
  const { bindings } = rabbitTopology({ orderExpiresAfterMs }, []);
  const bound = bindings.filter(({ queue }) => queue === 'order-saga.events').map(({ key }) => key);
  deepStrictEqual(taken.toSorted(), bound.toSorted());
});
