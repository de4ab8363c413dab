import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { ProblemDetails, ProductView, Timeline } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import { accepted } from './accepted.ts';
import type { Client, OrderRequest } from './client.ts';
import { fullSize } from './full-size.ts';
import { ledgerOf } from './ledger.ts';
import { newProduct } from './new-product.ts';
import { running, runningDatabases } from './running-system.ts';

const mugs = (quantity = 1): OrderRequest => ({ customerId: 'ada', items: [{ sku: 'mug', quantity }] });

/** The orders that clients were told of. */
const told: string[] = [];

const place: Client['place'] = async (request, options) => {
  const answer = await running().place(request, options);
  if (answer.status < 300) told.push(answer.body.orderId);
  return answer;
};

async function movementsOf(orderId: string): Promise<readonly string[]> {
  const entries = await ledgerOf(running(), orderId);
  return entries.map(({ kind, amount, currency }) => `${kind} ${amount} ${currency}`);
}

for (const broker of ['kafka', 'rabbitmq']) {
  describe(`an order on ${broker}`, () => {
    test('is completed, charged once, and its goods are sold', async () => {
      const sku = await newProduct(running(), { onHand: 10 });
      const placed = await place({ customerId: 'ada', items: [{ sku, quantity: 3 }], broker });
      strictEqual(placed.status, 202);
      const { orderId, correlationId, ...rest } = placed.body;
      deepStrictEqual(rest, {
        status: 'pending',
        total: { amount: 1500, currency: 'EUR' },
        saga: 'choreography',
        broker,
      });
      strictEqual(placed.headers.get('location'), `/api/orders/${orderId}`);
      strictEqual(placed.headers.get('x-correlation-id'), correlationId);

      const order = await running().final(orderId);
      strictEqual(order.status, 'completed');
      strictEqual(order.reason, undefined);
      deepStrictEqual(await movementsOf(orderId), ['charge 1500 EUR']);
      await eventually(async () => {
        const { body } = await running().call<ProductView>('GET', `/api/products/${sku}`);
        deepStrictEqual(body.stock, { onHand: 7, reserved: 0, sold: 3 });
      });
    });

    test('that is declined is cancelled, uncharged, and its goods are released', async () => {
      const sku = await newProduct(running(), { onHand: 10 });
      const { body } = await place({
        customerId: 'ada',
        items: [{ sku, quantity: 3 }],
        broker,
        paymentToken: 'tok_declined',
      });
      const order = await running().final(body.orderId);
      deepStrictEqual([order.status, order.reason], ['cancelled', 'payment-declined']);
      deepStrictEqual(await movementsOf(body.orderId), []);
      await eventually(async () => {
        const { body: after } = await running().call<ProductView>('GET', `/api/products/${sku}`);
        deepStrictEqual(after.stock, { onHand: 10, reserved: 0, sold: 0 });
      });
    });

    test('for more than there is, is cancelled as out of stock', async () => {
      const sku = await newProduct(running(), { onHand: 2 });
      const { body } = await place({ customerId: 'ada', items: [{ sku, quantity: 3 }], broker });
      const order = await running().final(body.orderId);
      deepStrictEqual([order.status, order.reason], ['cancelled', 'out-of-stock']);
    });

    test('for more than any shelf holds, is cancelled as out of stock, too', async () => {
      const { body } = await place({ ...mugs(1_000_000), broker });
      const order = await running().final(body.orderId);
      deepStrictEqual([order.status, order.reason], ['cancelled', 'out-of-stock']);
    });

    for (const [paymentToken, status, reason] of [
      ['tok_flaky', 'completed', undefined],
      ['tok_slow', 'completed', undefined],
      ['tok_timeout', 'cancelled', 'payment-timeout'],
    ] as const) {
      test(`paid by ${paymentToken} ends ${status}`, async () => {
        const { body } = await place({ ...mugs(), broker, paymentToken });
        const order = await running().final(body.orderId);
        deepStrictEqual([order.status, order.reason], [status, reason]);
        deepStrictEqual(await movementsOf(body.orderId), status === 'completed' ? ['charge 950 EUR'] : []);
      });
    }

    test('is answered with its end when the client waits for it', async () => {
      const waited = await place({ ...mugs(), broker }, { wait: 20 });
      strictEqual(waited.status, 200);
      strictEqual(waited.body.status, 'completed');
      const impatient = await place({ ...mugs(), broker, paymentToken: 'tok_timeout' }, { wait: 0.2 });
      strictEqual(impatient.status, 202);
      ok(['pending', 'reserved'].includes(impatient.body.status), impatient.body.status);
    });

    test('ends in a mail, an SMS and a push message to its customer', async () => {
      const customerId = `customer-${randomUUID()}`;
      const { body } = await place({ ...mugs(), customerId, broker });
      await eventually(async () => {
        const mails = (await (await fetch(`${running().stack.env.MAIL_URL}/api/email`)).json()) as {
          to: { address: string }[];
        }[];
        ok(
          mails.some(({ to }) => to.some(({ address }) => address.startsWith(customerId))),
          'no mail yet',
        );
      });
      await eventually(async () => {
        const url = `${running().stack.env.SANDBOX_URL}/deliveries?orderId=${body.orderId}`;
        match(await (await fetch(url)).text(), /sms.*push|push.*sms/s);
      });
      await eventually(async () => {
        const { body: timeline } = await running().call<Timeline>(
          'GET',
          `/api/orders/${body.orderId}/timeline`,
        );
        const delivered = timeline.entries.filter(({ kind }) => kind === 'delivered');
        deepStrictEqual(delivered.map(({ detail }) => detail).sort(), ['email', 'push', 'sms']);
      });
    });
  });
}

describe('Idempotency-Key', () => {
  test('50 requests at once with one key make one order', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const customerId = `customer-${randomUUID()}`;
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => place({ ...mugs(), customerId }, { headers })),
    );
    const good = answers.filter(({ status }) => status === 202);
    ok(good.length >= 1);
    ok(
      answers.every(({ status }) => status === 202 || status === 409),
      answers.map(({ status }) => status).join(),
    );
    const ids = [...new Set(good.map(({ body }) => body.orderId))];
    // All orders of this customer, those that nobody was told of, too.
    const orders = await runningDatabases().query<{ readonly id: string }>(
      'conveyor_order',
      `select stream_id as id from events where type = 'order.created' and data ->> 'customerId' = $1`,
      [customerId],
    );
    deepStrictEqual(
      orders.map(({ id }) => id),
      ids,
    );
    strictEqual(ids.length, 1);
  });

  test('a repeat gets the original answer, another body is refused, another customer has keys of his own', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await place({ ...mugs(), customerId: 'grace' }, { headers });
    const repeat = await place({ ...mugs(), customerId: 'grace' }, { headers });
    deepStrictEqual([repeat.status, repeat.body], [202, first.body]);
    const other = await place({ ...mugs(2), customerId: 'grace' }, { headers });
    strictEqual(other.status, 422);
    const stranger = await place({ ...mugs(), customerId: 'edsger' }, { headers });
    strictEqual(stranger.status, 202);
    ok(stranger.body.orderId !== first.body.orderId);
    const final = await place({ ...mugs(), customerId: 'grace' }, { headers, wait: 20 });
    deepStrictEqual(
      [final.status, final.body.orderId, final.body.status],
      [200, first.body.orderId, 'completed'],
    );
  });

  test('an error is not kept', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const sku = `thing-${randomUUID()}`;
    const request = { customerId: 'grace', items: [{ sku, quantity: 1 }] };
    strictEqual((await place(request, { headers })).status, 422);
    const body = { name: 'Thing', price: { amount: 500, currency: 'EUR' }, onHand: 5 };
    await running().call('PUT', `/api/products/${sku}`, { admin: true, body });
    strictEqual((await place(request, { headers })).status, 202);
  });
});

const buyersOfTen = fullSize ? 200 : 60;

test(`${buyersOfTen} buyers of 10 units buy exactly 10`, async () => {
  const sku = await newProduct(running(), { onHand: 10 });
  const buyers = await Promise.all(
    Array.from({ length: buyersOfTen }, (_, n) => {
      const order = { customerId: `buyer-${n}`, items: [{ sku, quantity: 1 }] };
      return accepted(
        { ...running(), place },
        { ...order, broker: n % 2 ? 'kafka' : 'rabbitmq' },
        { wait: 60 },
      );
    }),
  );
  const orders = await Promise.all(buyers.map(({ body }) => running().final(body.orderId, 60_000)));
  strictEqual(orders.filter(({ status }) => status === 'completed').length, 10);
  ok(orders.every(({ status, reason }) => status === 'completed' || reason === 'out-of-stock'));
  await eventually(async () => {
    const { body } = await running().call<ProductView>('GET', `/api/products/${sku}`);
    deepStrictEqual(body.stock, { onHand: 0, reserved: 0, sold: 10 });
  });
});

describe('bad input', () => {
  const item = { sku: 'mug', quantity: 1 };
  const cases: readonly (readonly [string, OrderRequest, number, string])[] = [
    ['no customer', { items: [item] }, 400, 'customerId'],
    ['an unknown field', { ...mugs(), discount: 100 }, 400, 'discount'],
    [
      'an unknown field of an item',
      { customerId: 'ada', items: [{ ...item, price: 1 }] },
      400,
      'items[0].price',
    ],
    ['no items', { customerId: 'ada', items: [] }, 400, 'items'],
    ['10,000 items', { customerId: 'ada', items: Array.from({ length: 10_000 }, () => item) }, 400, 'items'],
    ['quantity 0', mugs(0), 400, 'items[0].quantity'],
    ['a negative quantity', mugs(-1), 400, 'items[0].quantity'],
    ['half a mug', mugs(0.5), 400, 'items[0].quantity'],
    ['a huge quantity', mugs(1e15), 400, 'items[0].quantity'],
    [
      'a quantity in words',
      { customerId: 'ada', items: [{ sku: 'mug', quantity: '1' }] },
      400,
      'items[0].quantity',
    ],
    ['one sku twice', { customerId: 'ada', items: [item, item] }, 400, 'items[1].sku'],
    ['a malformed sku', { customerId: 'ada', items: [{ sku: 'Mug!', quantity: 1 }] }, 400, 'items[0].sku'],
    [
      'an unknown sku',
      { customerId: 'ada', items: [item, { sku: 'unicorn', quantity: 1 }] },
      422,
      'items[1].sku',
    ],
    ['an unknown currency', { ...mugs(), currency: 'XXX' }, 400, 'currency'],
    ['another currency than the price', { ...mugs(), currency: 'GBP' }, 422, 'currency'],
    ['an unknown broker', { ...mugs(), broker: 'pigeon' }, 400, 'broker'],
    ['an unknown token', { ...mugs(), paymentToken: 'tok_gold' }, 400, 'paymentToken'],
    ['an unknown saga', { ...mugs(), saga: 'improvisation' }, 400, 'saga'],
    ['a customer id that is none', { ...mugs(), customerId: 'a b' }, 400, 'customerId'],
  ];

  for (const [name, request, status, field] of cases) {
    test(`${name}: ${status} that names ${field}`, async () => {
      const answer = await running().call<ProblemDetails>('POST', '/api/orders', { body: request });
      strictEqual(answer.status, status);
      match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
      strictEqual(answer.body.field, field);
      ok(answer.headers.get('x-correlation-id'));
    });
  }

  test('items of two currencies are refused', async () => {
    const items = [item, { sku: 'keyboard', quantity: 1 }];
    const answer = await running().call<ProblemDetails>('POST', '/api/orders', {
      body: { customerId: 'ada', items },
    });
    deepStrictEqual([answer.status, answer.body.field], [422, 'items[1].sku']);
  });

  for (const [name, options, status] of [
    ['malformed JSON', { rawBody: '{"customerId":' }, 400],
    ['no body', {}, 400],
    ['an array', { rawBody: '[]' }, 400],
    ['a body of 2 MB', { rawBody: JSON.stringify({ ...mugs(), note: 'x'.repeat(2_000_000) }) }, 413],
    ['a form', { rawBody: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['a __proto__', { rawBody: '{"__proto__":{"admin":true},"customerId":"ada","items":[]}' }, 400],
    ['a wait beyond 60 s', { body: mugs(), path: '/api/orders?wait=61' }, 400],
    ['a wait that is a word', { body: mugs(), path: '/api/orders?wait=true' }, 400],
    ['plain text', { rawBody: 'a mug, please', headers: { 'content-type': 'text/plain' } }, 415],
    ['a wait that is no number', { body: mugs(), path: '/api/orders?wait=soon' }, 400],
  ] as const) {
    test(`${name}: ${status}`, async () => {
      const { path = '/api/orders', ...rest } = { path: undefined, ...options };
      const answer = await running().call<ProblemDetails>('POST', path ?? '/api/orders', rest);
      strictEqual(answer.status, status);
      strictEqual(answer.body.status, status);
    });
  }

  for (const path of [
    '/api/orders/nonsense',
    `/api/orders/${randomUUID()}`,
    '/api/products/unicorn',
    '/api/nothing',
  ]) {
    test(`${path.replace(/[0-9a-f-]{36}/, '<unknown id>')}: 404`, async () => {
      strictEqual((await running().call<ProblemDetails>('GET', path)).status, 404);
    });
  }

  test('writes nothing', async () => {
    const before = (await readFacts(running().stack.env.POSTGRES_URL)).orders.length;
    for (const [, request] of cases) await running().call('POST', '/api/orders', { body: request });
    strictEqual((await readFacts(running().stack.env.POSTGRES_URL)).orders.length, before);
  });
});

describe('admin', () => {
  for (const [method, path, body] of [
    ['PUT', '/api/products/mug', { onHand: 5 }],
    ['GET', '/api/ledger', undefined],
    ['GET', '/api/faults', undefined],
    ['PUT', '/api/faults', { payment: { mode: 'ok' } }],
  ] as const) {
    test(`${method} ${path} needs the token`, async () => {
      strictEqual((await running().call(method, path, { body })).status, 401);
      strictEqual(
        (await running().call(method, path, { body, headers: { authorization: 'Bearer wrong' } })).status,
        403,
      );
    });
  }

  test('faults are switched on and off', async () => {
    const put = (payment: object) => running().call('PUT', '/api/faults', { admin: true, body: { payment } });
    strictEqual((await put({ mode: 'decline' })).status, 200);
    const { body } = await place(mugs());
    deepStrictEqual((await running().final(body.orderId)).reason, 'payment-declined');
    strictEqual((await put({ mode: 'ok' })).status, 200);
    strictEqual((await place(mugs(), { wait: 20 })).body.status, 'completed');
    strictEqual((await put({ mode: 'sideways' })).status, 400);
  });

  test('stock cannot be set below what is reserved, and is conserved', async () => {
    const sku = await newProduct(running(), { onHand: 10 });
    await place({ customerId: 'ada', items: [{ sku, quantity: 4 }], paymentToken: 'tok_timeout' });
    await eventually(async () => {
      const { body } = await running().call<ProductView>('GET', `/api/products/${sku}`);
      strictEqual(body.stock.reserved, 4);
    });
    strictEqual(
      (await running().call('PUT', `/api/products/${sku}`, { admin: true, body: { onHand: 3 } })).status,
      409,
    );
    strictEqual(
      (await running().call('PUT', `/api/products/${sku}`, { admin: true, body: { onHand: 8 } })).status,
      200,
    );
  });
});

test('the stream tells what happens to an order while it happens', async () => {
  const { gateway } = running().stack.ports;
  const response = await fetch(`http://127.0.0.1:${gateway}/api/stream`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const { body } = await place(mugs());
  let heard = '';
  const ends = () =>
    heard.split('\n').some((line) => line.includes(body.orderId) && line.includes('order.completed'));
  while (!ends()) heard += (await reader?.read())?.value ?? ok(false, 'the stream has ended');
  await reader?.cancel();
  match(heard, /^id: \d+$/m);
});

test('the documentation and the correlation are served', async () => {
  const { body } = await running().call<{ paths: object }>('GET', '/openapi.json');
  ok('/api/orders' in body.paths && '/api/products/{sku}' in body.paths);
  const { headers } = await running().call('GET', '/api/products', {
    headers: { 'x-correlation-id': 'my-own-id' },
  });
  strictEqual(headers.get('x-correlation-id'), 'my-own-id');
  match(headers.get('traceparent') ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test('at the end everything adds up', async () => {
  const { POSTGRES_URL } = running().stack.env;
  await eventually(async () => deepStrictEqual(findViolations(await readFacts(POSTGRES_URL), told), []), {
    timeoutMs: 30_000,
  });
});
