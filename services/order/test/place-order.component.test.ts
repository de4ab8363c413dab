import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { VersionConflict } from '@conveyor/patterns/event-sourcing/event-store';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { createIdempotencyKeys } from '../src/adapters/idempotency-keys.ts';
import { paymentTokens } from '../src/adapters/payment-tokens.ts';
import { loadOrder, saveOrder, viewOrder } from '../src/handlers/order-stream.ts';
import { createPlaceOrder, type PlaceOrderRequest } from '../src/handlers/place-order.ts';
import type { Quote } from '../src/handlers/ports.ts';

const chapter = (name: string) =>
  readFile(new URL(import.meta.resolve(`@conveyor/patterns/${name}/schema.sql`)), 'utf8');
const migration = readFile(new URL('../migrations/001-idempotency-and-tokens.sql', import.meta.url), 'utf8');

let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([await chapter('event-sourcing'), await migration]);
});
after(() => database?.drop());

const mug: Quote = { products: [{ sku: 'mug', name: 'Mug', unitPrice: 950, currency: 'EUR' }], unknown: [] };

function placing(ask: () => Promise<Quote | undefined> = async () => mug) {
  const sent: string[] = [];
  const place = createPlaceOrder({
    database,
    keys: createIdempotencyKeys(database),
    quotes: { ask },
    tokens: paymentTokens,
    send: async (_tx, _cause, drafts) => {
      sent.push(...drafts.map(({ type }) => type));
    },
    newOrderId: randomUUID,
  });
  return { place, sent };
}

/** A quote that comes when `answer` is called; `asked` resolves once somebody waits for it, holding the key. */
function slowQuote() {
  const asked = Promise.withResolvers<void>();
  const quote = Promise.withResolvers<Quote>();
  const ask = () => {
    asked.resolve();
    return quote.promise;
  };
  return { ask, asked: asked.promise, answer: () => quote.resolve(mug) };
}

function request(key?: { key: string; requestHash: string }): PlaceOrderRequest {
  const customerId = 'ada';
  return {
    body: { customerId, items: [{ sku: 'mug', quantity: 2 }], paymentToken: 'tok_slow' },
    correlationId: randomUUID(),
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    ...(key ? { key: { customerId, ...key } } : {}),
  };
}

test('an accepted order has a stream, a token of its own, a message that tells of it and one that lets it expire', async () => {
  const { place, sent } = placing();
  const placed = await place(request());
  ok('accepted' in placed);
  const { orderId } = placed.accepted;
  const view = await viewOrder(database, orderId);
  deepStrictEqual(
    [view?.status, view?.version, view?.total],
    ['pending', 1, { amount: 1900, currency: 'EUR' }],
  );
  strictEqual(await paymentTokens.find(database, orderId), 'tok_slow');
  deepStrictEqual(sent, ['order.created', 'order.expire']);
  const { rows } = await database.query('select data::text as data from events where stream_id = $1', [
    orderId,
  ]);
  ok(!JSON.stringify(rows).includes('tok_'), 'the token is in no event');
});

test('without a quote nothing is written, and the key is free again', async () => {
  const { place } = placing(async () => undefined);
  const key = { key: randomUUID(), requestHash: 'a' };
  deepStrictEqual(await place(request(key)), { rejected: 'no-quote' });
  ok('accepted' in (await placing().place(request(key))));
});

test('while one request holds the key, others are told that it is under way', async () => {
  const { ask, asked, answer } = slowQuote();
  const key = { key: randomUUID(), requestHash: 'a' };
  const first = placing(ask).place(request(key));
  await asked;
  const { place } = placing();
  deepStrictEqual(await place(request(key)), { rejected: 'key-in-flight' });
  deepStrictEqual(await place(request({ ...key, requestHash: 'b' })), { rejected: 'key-with-other-body' });
  answer();
  const placed = await first;
  deepStrictEqual(await place(request(key)), { ...placed, again: true });
});

for (const [whose, requestHash] of [
  ['the same request', 'a'],
  ['another one', 'b'],
] as const) {
  test(`a claim whose holder died is taken over by ${whose} after its lease, and the late holder places nothing`, async () => {
    const { ask, asked, answer } = slowQuote();
    const key = randomUUID();
    const late = placing(ask).place(request({ key, requestHash: 'a' }));
    await asked;
    const { place } = placing();
    await database.query(
      "update idempotency_keys set lease_until = now() - interval '1 second' where key = $1",
      [key],
    );
    const placed = await place(request({ key, requestHash }));
    ok('accepted' in placed);
    answer();
    deepStrictEqual(await late, { rejected: 'key-in-flight' });
    deepStrictEqual(await place(request({ key, requestHash })), { ...placed, again: true });
  });
}

test('a key is forgotten after a day', async () => {
  const { place } = placing();
  const key = { key: randomUUID(), requestHash: 'a' };
  const first = await place(request(key));
  await database.query(
    "update idempotency_keys set created_at = now() - interval '25 hours' where key = $1",
    [key.key],
  );
  const second = await place(request({ ...key, requestHash: 'b' }));
  ok('accepted' in first && 'accepted' in second);
  ok(first.accepted.orderId !== second.accepted.orderId);
});

test('what an order does not say has its default', async () => {
  const { body, ...rest } = request();
  const { customerId, items } = body;
  const placed = await placing().place({ ...rest, body: { customerId, items } });
  ok('accepted' in placed);
  const { orderId, saga, broker } = placed.accepted;
  const view = await viewOrder(database, orderId);
  deepStrictEqual([saga, broker, view?.priority], ['choreography', 'kafka', 'standard']);
  strictEqual(await paymentTokens.find(database, orderId), 'tok_approved');
});

test('a key is known for a day, and tidied up after it', async () => {
  const { place } = placing();
  const key = { key: randomUUID(), requestHash: 'a' };
  const first = await place(request(key));
  const age = (hours: number) =>
    database.query(
      `update idempotency_keys set created_at = now() - make_interval(hours => $2) where key = $1`,
      [key.key, hours],
    );
  const keys = createIdempotencyKeys(database);
  await age(23);
  await keys.prune(100);
  deepStrictEqual(await place(request(key)), { ...first, again: true });
  deepStrictEqual(await place(request({ ...key, requestHash: 'b' })), { rejected: 'key-with-other-body' });
  await age(25);
  await keys.prune(100);
  const { rows } = await database.query('select from idempotency_keys where key = $1', [key.key]);
  strictEqual(rows.length, 0);
});

test('of two writers of one order that saw the same version, one wins', async () => {
  const placed = await placing().place(request());
  ok('accepted' in placed);
  const { orderId } = placed.accepted;
  const loaded = await database.transaction((tx) => loadOrder(tx, orderId));
  const note = { type: 'order.reserved', data: { orderId } } as const;
  const save = () =>
    database.transaction((tx) =>
      saveOrder(tx, orderId, loaded, [note], { correlationid: orderId, traceparent: newTraceparent() }),
    );
  await save();
  await rejects(save(), VersionConflict);
  strictEqual((await viewOrder(database, orderId))?.version, 2);
});
