import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { journal, pruneJournal } from '../src/adapters/journal.ts';
import { entry, recorded, startGateway } from './gateway.ts';

type Gateway = Awaited<ReturnType<typeof startGateway>>;
let gateway: Gateway;

before(async () => {
  gateway = await startGateway();
});
after(() => gateway?.stop());

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

function knownOrder(
  more: {
    saga?: 'choreography' | 'orchestration';
    status?: 'pending' | 'completed' | 'cancelled';
    updatedAt?: string;
  } = {},
): string {
  const orderId = randomUUID();
  const order = { orderId, saga: 'choreography', status: 'pending', updatedAt: secondsAgo(0) } as const;
  gateway.known.orders.set(orderId, { ...order, ...more });
  return orderId;
}

test('a timeline has every entry of the order, as it happened, and where its saga is', async () => {
  const orderId = knownOrder();
  const created = { type: 'order.created', messageId: randomUUID(), broker: 'kafka' } as const;
  const all = [
    entry(orderId, 'handled', {
      ...created,
      at: secondsAgo(1),
      consumer: 'inventory.events',
      detail: 'inventory.reserved',
    }),
    entry(orderId, 'published', {
      ...created,
      at: secondsAgo(3),
      service: 'order',
      detail: 'order-events',
    }),
    entry(orderId, 'retried', {
      ...created,
      at: secondsAgo(2),
      causationId: randomUUID(),
      attempt: 2,
      detail: 'fault-switched-on: no',
    }),
  ];
  await gateway.deliver(recorded(all));
  await gateway.deliver(recorded([entry(randomUUID(), 'state', { detail: 'of another order' })]));

  const { status, body } = await gateway.timeline(orderId);
  strictEqual(status, 200);
  const without = all.map(({ id: _id, orderId: _orderId, ...rest }) => rest);
  deepStrictEqual(body.entries, [without[1], without[2], without[0]]);
  deepStrictEqual([body.orderId, body.saga.style, body.saga.state], [orderId, 'choreography', 'running']);
  deepStrictEqual(body.saga.done, ['create', 'reserve']);
});

test('a batch that comes twice, in one message or two, is kept once', async () => {
  const orderId = knownOrder();
  const entries = [entry(orderId, 'received'), entry(orderId, 'handled')];
  const message = recorded(entries);
  strictEqual(await gateway.deliver(message), 'handled');
  strictEqual(await gateway.deliver(message), 'duplicate');
  const another = entry(orderId, 'state', { detail: 'reserved' });
  strictEqual(await gateway.deliver(recorded([...entries, another])), 'handled');
  const { body } = await gateway.timeline(orderId);
  deepStrictEqual(
    body.entries.map(({ kind }: { kind: string }) => kind),
    ['received', 'handled', 'state'],
  );
});

test('whoever reads up to a number misses nothing: a later writer waits for the earlier one to commit', async () => {
  const { database, testDatabase } = gateway;
  const [first, second] = [randomUUID(), randomUUID()];
  const written = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const early = database.transaction(async (tx) => {
    await journal.append(tx, [entry(first, 'received')]);
    written.resolve();
    await mayCommit.promise;
  });
  await written.promise;
  const late = database.transaction((tx) => journal.append(tx, [entry(second, 'received')]));
  await testDatabase.blocked(1);
  mayCommit.resolve();
  await Promise.all([early, late]);
  const { rows } = await database.query<{ order_id: string }>(
    'select order_id from journal where order_id = any($1::uuid[]) order by seq',
    [[first, second]],
  );
  deepStrictEqual(
    rows.map((row) => row.order_id),
    [first, second],
  );
});

test('of an orchestrated order the orchestrator says where it is', async () => {
  const orderId = knownOrder({ saga: 'orchestration' });
  const saga = { state: 'stuck' as const, reason: 'no answer', done: ['create'], next: ['reserve'] };
  gateway.known.sagas.set(orderId, saga);
  const { body } = await gateway.timeline(orderId);
  deepStrictEqual(body, { orderId, entries: [], saga: { style: 'orchestration', ...saga } });
});

test('an order whose orchestrator waits for a message that was given up is stuck, until that is redriven', async () => {
  const orderId = knownOrder({ saga: 'orchestration' });
  gateway.known.sagas.set(orderId, { state: 'running', done: ['create'], next: ['reserve', 'charge'] });
  const message = { type: 'inventory.reserve', messageId: randomUUID(), broker: 'kafka' } as const;
  await gateway.deliver(recorded([entry(orderId, 'dead-lettered', { ...message, detail: 'exhausted: no' })]));
  const { saga } = (await gateway.timeline(orderId)).body;
  deepStrictEqual(
    [saga.state, saga.reason, saga.next],
    ['stuck', 'inventory gave inventory.reserve up (exhausted: no)', ['reserve', 'charge']],
  );
  gateway.known.sagas.set(orderId, {
    state: 'compensating',
    reason: 'expired',
    done: ['create'],
    next: ['undo create'],
  });
  const undone = (await gateway.timeline(orderId)).body.saga;
  deepStrictEqual([undone.state, undone.reason], ['compensating', 'expired']);
  gateway.known.sagas.set(orderId, { state: 'running', done: ['create'], next: ['reserve', 'charge'] });
  await gateway.deliver(recorded([entry(orderId, 'redriven', message)]));
  strictEqual((await gateway.timeline(orderId)).body.saga.state, 'running');
});

test('an order that is over and long forgotten is done', async () => {
  const monthAgo = secondsAgo(31 * 86_400);
  const { body } = await gateway.timeline(knownOrder({ status: 'completed', updatedAt: monthAgo }));
  deepStrictEqual(body.saga, { style: 'choreography', state: 'done', done: [], next: [] });
});

test('an order that has just ended, of which nothing is recorded yet, is not done', async () => {
  for (const status of ['completed', 'cancelled'] as const) {
    const { body } = await gateway.timeline(knownOrder({ status }));
    deepStrictEqual([body.entries, body.saga.state, body.saga.done], [[], 'running', []]);
  }
});

test('there is no timeline of an order that does not exist', async () => {
  for (const id of [randomUUID(), 'x', '..']) {
    const { status, headers, body } = await gateway.timeline(encodeURIComponent(id));
    strictEqual(status, 404, id);
    ok(String(headers['content-type']).startsWith('application/problem+json'));
    ok(body.detail.length > 0);
  }
});

test('while a service does not answer whose word is needed, the answer is to come again', async () => {
  const orderId = knownOrder({ saga: 'orchestration' });
  for (const ask of [gateway.timelineWithoutOrders, gateway.timelineWithoutSagas]) {
    const { status, headers, body } = await ask(orderId);
    deepStrictEqual([status, headers['retry-after'], body.status], [503, '1', 503]);
  }
});

test('what is too old is deleted, some at a time, the oldest first', async () => {
  const { database } = gateway;
  const orderId = knownOrder();
  await gateway.deliver(recorded([1, 2, 3].map((n) => entry(orderId, 'state', { detail: `state ${n}` }))));
  await database.query(
    `update journal set recorded_at = now() - interval '31 days' - seq * interval '1 second'
     where order_id = $1 and detail <> 'state 2'`,
    [orderId],
  );
  strictEqual(await pruneJournal(database, 30, 1), 1);
  strictEqual(await pruneJournal(database, 30, 10), 1);
  strictEqual(await pruneJournal(database, 30, 10), 0);
  const { body } = await gateway.timeline(orderId);
  deepStrictEqual(
    body.entries.map(({ detail }: { detail: string }) => detail),
    ['state 2'],
  );
});
