import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { AcceptedOrder, OrderView, PlaceOrderBody } from '@conveyor/contracts/http';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { createWatch } from '@conveyor/service-kit/watch';
import type { PlaceOrderRequest, Placing, Refusal } from '../handlers/place-order.ts';
import { addOrderRoutes, type OrderRoutes } from './http.ts';

const accepted: AcceptedOrder = {
  orderId: '01940000-0000-7000-8000-000000000000',
  status: 'pending',
  total: { amount: 950, currency: 'EUR' },
  saga: 'choreography',
  broker: 'kafka',
  correlationId: 'a-story',
};

const pending: OrderView = {
  ...accepted,
  customerId: 'ada',
  items: [],
  priority: 'standard',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  version: 1,
};

/** The routes, with a handler that answers `placing` and keeps what it was asked. */
function scene(placing: Placing = { accepted }, others: Partial<OrderRoutes> = {}) {
  const asked: PlaceOrderRequest[] = [];
  const http = createHttp(createLogger('test', 'silent'));
  addOrderRoutes(http, {
    database: {} as Tx,
    watch: createWatch(),
    view: () => Promise.reject(new Error('the database is away')),
    isFinal: () => false,
    async place(request) {
      asked.push(request);
      return placing;
    },
    cancel: () => Promise.reject(new Error('nobody cancels here')),
    ...others,
  });
  const place = (payload: object | string, url = '/api/orders') =>
    http.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'content-type': 'application/json', 'idempotency-key': 'a-key' },
    });
  async function hashOf(payload: object | string): Promise<string | undefined> {
    strictEqual((await place(payload)).statusCode, 202);
    return asked.at(-1)?.key?.requestHash;
  }
  return { http, place, hashOf };
}

const order: PlaceOrderBody = {
  customerId: 'ada',
  items: [{ sku: 'mug', quantity: 1 }],
  currency: 'EUR',
  paymentToken: 'tok_approved',
  priority: 'standard',
  saga: 'choreography',
  broker: 'kafka',
};

test('under one key any other field makes another request', async () => {
  const { hashOf } = scene();
  const others: readonly Partial<PlaceOrderBody>[] = [
    { customerId: 'bob' },
    { items: [{ sku: 'cup', quantity: 1 }] },
    { items: [{ sku: 'mug', quantity: 2 }] },
    { items: [...order.items, { sku: 'cup', quantity: 1 }] },
    { currency: 'USD' },
    { paymentToken: 'tok_slow' },
    { priority: 'low' },
    { saga: 'orchestration' },
    { broker: 'rabbitmq' },
  ];
  const hashes = [await hashOf(order)];
  for (const other of others) hashes.push(await hashOf({ ...order, ...other }));
  strictEqual(new Set(hashes).size, 1 + others.length);
});

test('spaces and the order of fields make no other request', async () => {
  const { hashOf } = scene();
  const shuffled = Object.fromEntries(Object.entries(order).reverse());
  const hash = await hashOf(order);
  deepStrictEqual([await hashOf(shuffled), await hashOf(JSON.stringify(order, null, 4))], [hash, hash]);
});

for (const [refusal, status, field, retryAfter] of [
  [{ rejected: 'duplicate-sku', item: 1 }, 400, 'items[1].sku', undefined],
  [{ rejected: 'unknown-sku', item: 0, detail: 'is not known' }, 422, 'items[0].sku', undefined],
  [{ rejected: 'key-with-other-body' }, 422, 'idempotency-key', undefined],
  [{ rejected: 'key-in-flight' }, 409, 'idempotency-key', undefined],
  [{ rejected: 'no-quote' }, 503, undefined, '1'],
] as const satisfies readonly (readonly [Refusal, number, string | undefined, string | undefined])[]) {
  test(`${refusal.rejected} is ${status}, and names what is to blame`, async () => {
    const answer = await scene(refusal).place(order);
    deepStrictEqual(
      [answer.statusCode, answer.json().field, answer.headers['retry-after']],
      [status, field, retryAfter],
    );
  });
}

test('a key that is none is named like one that is refused', async () => {
  const { http } = scene();
  const headers = { 'idempotency-key': 'a b' };
  const answer = await http.inject({ method: 'POST', url: '/api/orders', payload: order, headers });
  deepStrictEqual([answer.statusCode, answer.json().field], [400, 'idempotency-key']);
});

test('an order is accepted, though its end cannot be waited for', async () => {
  const answer = await scene().place(order, '/api/orders?wait=1');
  deepStrictEqual([answer.statusCode, answer.json()], [202, { ...accepted }]);
  strictEqual(answer.headers.location, `/api/orders/${accepted.orderId}`);
});

test('what placing took is a part of the wait', async (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const watch = createWatch();
  const told = t.mock.method(watch, 'told');
  const { place } = scene(undefined, {
    watch,
    async view() {
      now += 20_000;
      return pending;
    },
    async place() {
      now += 10_000;
      return { accepted };
    },
  });
  strictEqual((await place(order, '/api/orders?wait=10')).statusCode, 202);
  deepStrictEqual(
    told.mock.calls.map(({ arguments: [, timeoutMs] }) => timeoutMs),
    [0],
  );
});

test('the end of an order is not waited for when the client has gone', { timeout: 10_000 }, async (t) => {
  const looked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const { http } = scene(undefined, {
    async view() {
      looked.resolve();
      return pending;
    },
  });
  http.addHook('onSend', async () => answered.resolve());
  t.after(() => http.close());
  const url = `${await http.listen({ host: '127.0.0.1', port: 0 })}/api/orders?wait=60`;
  const client = new AbortController();
  const body = JSON.stringify(order);
  const headers = { 'content-type': 'application/json' };
  const answer = fetch(url, { method: 'POST', headers, body, signal: client.signal }).catch(() => {});
  await looked.promise;
  client.abort();
  await answered.promise;
  await answer;
});
