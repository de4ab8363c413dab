import { deepStrictEqual, ok, strictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlacement } from '@conveyor/testing/build-placement';
import {
  decide,
  evolve,
  inWords,
  noOrder,
  type Order,
  type OrderCommand,
  type OrderEvent,
  type Placement,
} from './order.ts';

const placement: Placement = buildPlacement('0198c1a0-0000-7000-8000-000000000001', {
  saga: 'choreography',
  broker: 'kafka',
});
const { orderId } = placement;
const closing = {
  orderId,
  customerId: placement.customerId,
  total: placement.total,
  priority: placement.priority,
};
type Reason = Extract<OrderEvent, { type: 'order.cancelled' }>['data']['reason'];

const created: OrderEvent = { type: 'order.created', data: placement };
/** The same order, with somebody who conducts. */
const conducted: OrderEvent = { type: 'order.created', data: { ...placement, saga: 'orchestration' } };
const reserved: OrderEvent = { type: 'order.reserved', data: { orderId } };
const paid: OrderEvent = { type: 'order.paid', data: { orderId } };
const completed: OrderEvent = { type: 'order.completed', data: closing };
const requested = (reason: Reason): OrderEvent => ({
  type: 'order.cancel-requested',
  data: { orderId, reason },
});
const refused = (reason: Reason): OrderEvent => ({
  type: 'order.completion-refused',
  data: { orderId, reason },
});
const cancelled = (reason: Reason): OrderEvent => ({ type: 'order.cancelled', data: { ...closing, reason } });

const byCustomer: OrderCommand = { type: 'request-cancel', reason: 'cancelled-by-customer' };
const expire: OrderCommand = { type: 'expire' };
const complete: OrderCommand = { type: 'complete' };
const cancel = (reason: Reason): OrderCommand => ({ type: 'cancel', reason });

const after = (...events: OrderEvent[]) => events.reduce(evolve, noOrder as Order);

function given(...events: OrderEvent[]) {
  const order = after(...events);
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
  given(created, paid, completed).when({ type: 'note-reserved' }).rejected('is-final');
});

test('what comes a second time adds nothing', () => {
  given(created, reserved).when({ type: 'note-reserved' }).rejected('nothing-to-do');
  given(conducted, paid).when({ type: 'note-paid' }).rejected('nothing-to-do');
});

test('what is final stays: the first ending wins', () => {
  for (const end of [[cancelled('out-of-stock')], [paid, completed]]) {
    for (const placed of [created, conducted]) {
      const { when } = given(placed, ...end);
      when({ type: 'note-reserved' }).rejected('is-final');
      when({ type: 'note-paid' }).rejected('is-final');
      when(byCustomer).rejected('is-final');
      when(expire).rejected('is-final');
      when(complete).rejected('is-final');
      when(cancel('payment-declined')).rejected('is-final');
    }
  }
});

test('nothing is decided about an order that was never placed', () => {
  for (const command of [{ type: 'note-paid' } as const, byCustomer, expire, complete, cancel('expired')]) {
    given().when(command).rejected('unknown-order');
  }
});

// --- choreography: nobody conducts ---

test('where nobody conducts, a failure cancels the order, with its reason', () => {
  given(created).when(cancel('out-of-stock')).thenEvents(cancelled('out-of-stock'));
  given(created, reserved).when(cancel('payment-declined')).thenEvents(cancelled('payment-declined'));
});

test('where nobody conducts, a request to cancel is followed by the end at once', () => {
  for (const history of [[created], [created, reserved]]) {
    given(...history)
      .when(byCustomer)
      .thenEvents(requested('cancelled-by-customer'), cancelled('cancelled-by-customer'));
    given(...history)
      .when(expire)
      .thenEvents(requested('expired'), cancelled('expired'));
  }
});

test('where nobody conducts, a payment that arrives after the request changes nothing', () => {
  given(created, reserved, requested('expired'), cancelled('expired'))
    .when({ type: 'note-paid' })
    .rejected('is-final');
});

// --- orchestration: the orchestrator completes and cancels ---

test('where somebody conducts, reservation and payment are noted, and the end is waited for', () => {
  given(conducted).when({ type: 'note-reserved' }).thenEvents(reserved);
  given(conducted, reserved).when({ type: 'note-paid' }).thenEvents(paid);
  given(conducted).when({ type: 'note-paid' }).thenEvents(paid);
  given(conducted, paid).when({ type: 'note-reserved' }).rejected('nothing-to-do');
});

test('a paid order is completed on command', () => {
  given(conducted, reserved, paid).when(complete).thenEvents(completed);
});

test('a command to complete that overtakes the word of the payment says it first', () => {
  given(conducted).when(complete).thenEvents(paid, completed);
  given(conducted, reserved).when(complete).thenEvents(paid, completed);
});

test('where somebody conducts, a request to cancel is only noted, at every stage', () => {
  for (const history of [[conducted], [conducted, reserved], [conducted, reserved, paid]]) {
    given(...history)
      .when(byCustomer)
      .thenEvents(requested('cancelled-by-customer'));
  }
});

test('an order expires unless it is paid', () => {
  given(conducted).when(expire).thenEvents(requested('expired'));
  given(conducted, reserved).when(expire).thenEvents(requested('expired'));
  given(conducted, reserved, paid).when(expire).rejected('nothing-to-do');
});

test('the first who asks for the cancellation gives the reason', () => {
  given(conducted, requested('expired')).when(byCustomer).rejected('nothing-to-do');
  given(conducted, requested('cancelled-by-customer')).when(expire).rejected('nothing-to-do');
  given(conducted, requested('cancelled-by-customer'))
    .when(cancel('payment-declined'))
    .thenEvents(cancelled('cancelled-by-customer'));
  given(conducted, reserved).when(cancel('payment-declined')).thenEvents(cancelled('payment-declined'));
});

test('from the request on the order is not completed, and whoever wants to is told once', () => {
  for (const history of [[conducted], [conducted, reserved], [conducted, reserved, paid]]) {
    const toBeCancelled = [...history, requested('expired')];
    given(...toBeCancelled)
      .when(complete)
      .thenEvents(refused('expired'));
    given(...toBeCancelled, refused('expired'))
      .when(complete)
      .rejected('nothing-to-do');
    given(...toBeCancelled, refused('expired'))
      .when(cancel('expired'))
      .thenEvents(cancelled('expired'));
  }
});

test('what arrives after the request is still noted, and does not undo it', () => {
  given(conducted, requested('expired')).when({ type: 'note-reserved' }).thenEvents(reserved);
  given(conducted, requested('expired'), reserved).when({ type: 'note-paid' }).thenEvents(paid);
  given(conducted, requested('expired'), reserved, paid).when(complete).thenEvents(refused('expired'));
});

test('a request that is made while the charge is under way is not overtaken by the payment', () => {
  const commands: OrderCommand[] = [byCustomer, { type: 'note-paid' }, complete, cancel('payment-timeout')];
  const end = commands.reduce(
    (order, command) => {
      const decision = decide(command, order);
      ok(!('rejected' in decision));
      return decision.reduce(evolve, order);
    },
    after(conducted, reserved),
  );
  ok(end.status === 'cancelled');
  strictEqual(end.reason, 'cancelled-by-customer');
});

test('a stream that this version cannot read is not folded, so nothing is decided on it and nothing appended', () => {
  const gift = { type: 'order.gift-wrapped', data: { orderId } } as unknown as OrderEvent;
  throws(() => after(created, gift), /unknown event order\.gift-wrapped/);
  throws(() => after(gift, created), /order\.gift-wrapped before order\.created/);
});

test('the state is told in words', () => {
  strictEqual(inWords(noOrder), 'none');
  strictEqual(inWords(after(created, reserved)), 'reserved');
  strictEqual(
    inWords(after(conducted, reserved, requested('expired'))),
    'reserved, to be cancelled: expired',
  );
  strictEqual(inWords(after(conducted, requested('expired'), cancelled('expired'))), 'cancelled: expired');
});
