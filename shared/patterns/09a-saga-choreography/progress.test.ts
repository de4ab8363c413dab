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
const expired = [
  handled('order', 'order.expire', 'order.cancel-requested', 'order.cancelled'),
  published('order.cancel-requested'),
  published('order.cancelled'),
];
const undone = [handled('inventory', 'order.cancelled'), handled('payment', 'order.cancelled')];
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
    done: ['create', 'reserve', 'note reserved', 'ask for charge'],
    next: ['release', 'cancel', 'check for refund', 'refund'],
  });
});

test('a cancelled order is done when each has undone its part, even if there was nothing to undo', () => {
  const cancelled = [
    ...declined,
    handled('inventory', 'payment.failed', 'inventory.released'),
    handled('order', 'payment.failed', 'order.cancelled'),
    published('order.cancelled'),
    handled('inventory', 'order.cancelled'),
  ];
  deepStrictEqual(whereIs(...cancelled).state, 'compensating');
  deepStrictEqual(whereIs(...cancelled).next, ['check for refund', 'refund']);
  const { state, next } = whereIs(...cancelled, handled('payment', 'order.cancelled'));
  deepStrictEqual([state, next], ['done', []]);
});

test('a step that failed, or found nothing to do, is not among those done', () => {
  const rejected = [
    ...placed,
    handled('inventory', 'order.created', 'inventory.rejected'),
    published('inventory.rejected'),
    handled('order', 'inventory.rejected', 'order.cancelled'),
    published('order.cancelled'),
    ...undone,
  ];
  deepStrictEqual(whereIs(...rejected), { state: 'done', done: ['create', 'cancel'], next: [] });
});

test('whether a client or the time limit had an order cancelled can be seen in what was done', () => {
  const byClient = [...placed, published('order.cancel-requested'), published('order.cancelled')];
  deepStrictEqual(whereIs(...byClient).done, ['create', 'cancel']);
  deepStrictEqual(whereIs(...placed, ...expired).done, ['create', 'expire']);
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

test('a charge on its way when the order is cancelled will be refused, so nobody waits for it', () => {
  const { state, next } = whereIs(
    ...reserved,
    published('order.cancel-requested'),
    published('order.cancelled'),
  );
  deepStrictEqual([state, next], ['compensating', ['release', 'check for refund', 'refund']]);
});

test('an order whose message is a dead letter is stuck, and the reason says which', () => {
  const { state, reason, next } = whereIs(...placed, deadLettered('inventory', 'order.created'));
  strictEqual(state, 'stuck');
  strictEqual(reason, 'inventory gave order.created up (permanent: not-json)');
  strictEqual(next[0], 'reserve');
});

test('a time limit that was given up cannot come any more, so an order without an end is stuck', () => {
  const unlimited = [...reserved, deadLettered('order', 'order.expire')];
  const { state, reason, next } = whereIs(...unlimited);
  strictEqual(state, 'stuck');
  strictEqual(reason, 'order gave order.expire up (permanent: not-json)');
  deepStrictEqual(next, ['charge', 'complete', 'sell']);
  strictEqual(whereIs(...paid, deadLettered('order', 'order.expire')).state, 'running');
  strictEqual(
    whereIs(...unlimited, published('order.cancel-requested'), published('order.cancelled')).state,
    'compensating',
  );
});

test('once an order is cancelled, a dead letter on the way that it had been meant to go holds nobody up', () => {
  const dead = [...placed, deadLettered('inventory', 'order.created')];
  const { state, next } = whereIs(...dead, ...expired);
  deepStrictEqual([state, next], ['compensating', ['release', 'check for refund', 'refund']]);
  deepStrictEqual(whereIs(...dead, ...expired, ...undone), {
    state: 'done',
    done: ['create', 'expire'],
    next: [],
  });
});

test('until it is cancelled such a dead letter leaves it stuck, and redriven later it changes nothing', () => {
  strictEqual(whereIs(...declined, deadLettered('order', 'inventory.reserved')).state, 'stuck');
  const dead = [...placed, deadLettered('inventory', 'order.created'), ...expired, ...undone];
  const redriven = { kind: 'redriven', service: 'inventory', messageId: 'order.created' };
  const { state, next } = whereIs(...dead, redriven);
  deepStrictEqual([state, next], ['done', []]);
});

test('a dead letter of what undoes, or of the sale, leaves an order stuck however it ended', () => {
  for (const service of ['inventory', 'payment']) {
    const others = undone.filter((happening) => happening.service !== service);
    const { state, reason } = whereIs(
      ...placed,
      ...expired,
      ...others,
      deadLettered(service, 'order.cancelled'),
    );
    strictEqual(state, 'stuck');
    strictEqual(reason, `${service} gave order.cancelled up (permanent: not-json)`);
  }
  const unsold = [...paid, published('order.completed'), deadLettered('inventory', 'order.completed')];
  strictEqual(whereIs(...unsold).state, 'stuck');
});

test('a dead letter that was redriven, or handled after all, holds nobody up', () => {
  const dead = [...placed, deadLettered('inventory', 'order.created')];
  const redriven: Happening = {
    kind: 'redriven',
    service: 'inventory',
    type: 'order.created',
    messageId: 'order.created',
  };
  strictEqual(whereIs(...dead, redriven).state, 'running');
  strictEqual(whereIs(...dead, { ...redriven, service: 'payment' }).state, 'stuck', "another one's");
  strictEqual(whereIs(...dead, handled('inventory', 'order.created')).state, 'running');
  strictEqual(whereIs(...dead, redriven, deadLettered('inventory', 'order.created')).state, 'stuck');
});

test('what nobody of the saga waits for may fail: a mail, for example', () => {
  strictEqual(whereIs(...placed, deadLettered('notification', 'notification.requested')).state, 'running');
});
