import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { AcceptedOrder, PlaceOrderBody } from '@conveyor/contracts/http';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { createWatch } from '@conveyor/service-kit/watch';
import type { PlaceOrderRequest, Placing, Refusal } from '../handlers/place-order.ts';
import { addOrderRoutes } from './http.ts';

const accepted: AcceptedOrder = {
  orderId: '01940000-0000-7000-8000-000000000000',
  status: 'pending',
  total: { amount: 950, currency: 'EUR' },
  saga: 'choreography',
  broker: 'kafka',
  correlationId: 'a-story',
};

/** The routes, with a handler that answers `placing` and keeps what it was asked. */
function scene(placing: Placing = { accepted }) {
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
  return { place, hashOf };
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
  [{ rejected: 'key-with-other-body' }, 422, 'Idempotency-Key', undefined],
  [{ rejected: 'key-in-flight' }, 409, 'Idempotency-Key', undefined],
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

test('an order is accepted, though its end cannot be waited for', async () => {
  const answer = await scene().place(order, '/api/orders?wait=1');
  deepStrictEqual([answer.statusCode, answer.json()], [202, { ...accepted }]);
  strictEqual(answer.headers.location, `/api/orders/${accepted.orderId}`);
});
