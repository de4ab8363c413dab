import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { choreography, endings, requests } from './choreography.ts';
import { type Happening, progress } from './progress.ts';

const whereIs = (...happenings: readonly Happening[]) =>
  progress({ requests, steps: choreography, endings }, happenings);

/** In the tests a message is called by its type. */
const published = (type: string): Happening => ({ kind: 'published', service: '', type, messageId: type });
const handled = (service: string, type: string, ...said: readonly string[]): Happening => ({
  kind: 'handled',
  service,
  type,
  messageId: type,
  ...(said.length > 0 && { detail: said.join(', ') }),
});
const deadLettered = (service: string, type: string): Happening => ({
  kind: 'dead-lettered',
  service,
  type,
  messageId: type,
  detail: 'permanent: not-json',
});

const placed = [published('order.created'), published('order.expire')];
const reserved = [
  ...placed,
  handled('inventory', 'order.created', 'inventory.reserved'),
  published('inventory.reserved'),
  handled('order', 'inventory.reserved', 'order.reserved'),
  published('order.reserved'),
  handled('payment', 'inventory.reserved', 'payment.charge'),
];
const paid = [
  ...reserved,
  published('payment.charge'),
  handled('payment', 'payment.charge', 'payment.completed'),
  published('payment.completed'),
  handled('order', 'payment.completed', 'order.paid', 'order.completed'),
];
const declined = [
  ...reserved,
  published('payment.charge'),
  handled('payment', 'payment.charge', 'payment.failed'),
  published('payment.failed'),
];

test('of an order of which nothing has been heard yet, all is to come', () => {
  deepStrictEqual(whereIs(), {
    state: 'running',
    done: [],
    next: ['create', 'reserve', 'note reserved', 'ask for charge', 'charge', 'complete', 'sell'],
  });
});

test('what is said is to be handled, and what that leads to is to come', () => {
  deepStrictEqual(whereIs(...placed), {
    state: 'running',
    done: ['create'],
    next: ['reserve', 'note reserved', 'ask for charge', 'charge', 'complete', 'sell'],
  });
});

test('what was said in a transaction is to come, though it has not been published yet', () => {
  deepStrictEqual(whereIs(...reserved), {
    state: 'running',
    done: ['create', 'reserve', 'note reserved', 'ask for charge'],
    next: ['charge', 'complete', 'sell'],
  });
});

test('a completed order is done once the others have heard of it', () => {
  deepStrictEqual(whereIs(...paid).next, ['sell']);
  deepStrictEqual(whereIs(...paid).state, 'running');
  deepStrictEqual(whereIs(...paid, published('order.completed'), handled('inventory', 'order.completed')), {
    state: 'done',
    done: ['create', 'reserve', 'note reserved', 'ask for charge', 'charge', 'complete', 'sell'],
    next: [],
  });
});

test('a time limit that has not come is no step that anybody waits for', () => {
  const over = [...paid, published('order.completed'), handled('inventory', 'order.completed')];
  deepStrictEqual(whereIs(...over), whereIs(...over, handled('order', 'order.expire')));
});

test('when the charge fails the undoing is to come, and nothing of what had been planned', () => {
  deepStrictEqual(whereIs(...declined), {
    state: 'compensating',
    done: ['create', 'reserve', 'note reserved', 'ask for charge', 'charge'],
    next: ['release', 'cancel', 'check for refund', 'refund'],
  });
});

test('a cancelled order is done when each has undone its part, even if there was nothing to undo', () => {
  const undone = [
    ...declined,
    handled('inventory', 'payment.failed', 'inventory.released'),
    handled('order', 'payment.failed', 'order.cancelled'),
    published('order.cancelled'),
    handled('inventory', 'order.cancelled'),
  ];
  deepStrictEqual(whereIs(...undone).state, 'compensating');
  deepStrictEqual(whereIs(...undone).next, ['check for refund', 'refund']);
  const { state, next } = whereIs(...undone, handled('payment', 'order.cancelled'));
  deepStrictEqual([state, next], ['done', []]);
});

test('a refund that was asked for is awaited', () => {
  const cancelled = [
    ...reserved,
    published('payment.charge'),
    published('order.cancel-requested'),
    published('order.cancelled'),
    handled('inventory', 'order.cancelled', 'inventory.released'),
    handled('payment', 'order.cancelled', 'payment.refund'),
    handled('payment', 'payment.charge'),
  ];
  deepStrictEqual(whereIs(...cancelled).next, ['refund']);
  deepStrictEqual(whereIs(...cancelled).state, 'compensating');
  const over = whereIs(...cancelled, published('payment.refund'), handled('payment', 'payment.refund'));
  deepStrictEqual(over.state, 'done');
});

test('a charge on its way when the order is cancelled is awaited, but not what it would have led to', () => {
  const { state, next } = whereIs(
    ...reserved,
    published('order.cancel-requested'),
    published('order.cancelled'),
  );
  deepStrictEqual([state, next], ['compensating', ['charge', 'release', 'check for refund', 'refund']]);
});

test('an order whose message is a dead letter is stuck, and the reason says which', () => {
  const { state, reason, next } = whereIs(...placed, deadLettered('inventory', 'order.created'));
  strictEqual(state, 'stuck');
  strictEqual(reason, 'inventory gave order.created up (permanent: not-json)');
  strictEqual(next[0], 'reserve');
});

test('a dead letter that was redriven, or handled after all, holds nobody up', () => {
  const dead = [...placed, deadLettered('inventory', 'order.created')];
  const redriven: Happening = {
    kind: 'redriven',
    service: 'gateway',
    type: 'order.created',
    messageId: 'order.created',
  };
  strictEqual(whereIs(...dead, redriven).state, 'running');
  strictEqual(whereIs(...dead, handled('inventory', 'order.created')).state, 'running');
  strictEqual(whereIs(...dead, redriven, deadLettered('inventory', 'order.created')).state, 'stuck');
});

test('what nobody of the saga waits for may fail: a mail, for example', () => {
  strictEqual(whereIs(...placed, deadLettered('notification', 'notification.requested')).state, 'running');
});
