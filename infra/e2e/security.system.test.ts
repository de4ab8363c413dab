import { deepStrictEqual, doesNotMatch, match, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { OrderPage, ProblemDetails, ProductView } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import { attackBodies, attackTexts } from './attacks.ts';
import type { Answer, CallOptions } from './client.ts';
import { nameOf, type Operation, operationsOf, pathOf, requestWith } from './operations.ts';
import { sendRaw, startSlowClient } from './raw-http.ts';
import { running, whenRunning } from './running-system.ts';

/** Everything that anybody may do. What is not named here must be protected, or a test fails. */
const openToAll: readonly string[] = [
  'POST /api/orders',
  'GET /api/orders/{id}',
  'POST /api/orders/{id}/cancel',
  'GET /api/orders/{id}/timeline',
  'GET /api/orders/{id}/messages/{messageId}',
  'GET /api/stream',
  'GET /api/search/orders',
  'GET /api/products',
  'GET /api/products/{sku}',
  'GET /api/flow',
  'GET /api/consumers',
  'GET /api/patterns',
  'GET /api/patterns/{name}',
  'GET /api/health',
];

/** What services tell each other. The gateway knows none of it, however it is written. */
const insideOnly = [
  '/internal/faults',
  '/internal/consumers',
  '/internal/dead-letters',
  `/internal/orders/${randomUUID()}/payment-token`,
  '/charges/charge:1/void',
  '/api/orders/..%2f..%2finternal%2ffaults',
  '/api/orders/..%5c..%5cinternal%5cfaults',
  '/api/products/%2e%2e%2f%2e%2e%2finternal%2ffaults',
  '/api//internal/faults',
  '//internal/faults',
];

/** An order that is right, of goods that nobody has: whatever is taken for text leads to 422, and to no order. */
const rightOrder = { customerId: 'ada', items: [{ sku: 'unicorn', quantity: 1 }] };

/** Bodies that are right, so that what is refused is the parameter. */
const rightBodies: Readonly<Record<string, object>> = {
  'POST /api/orders': rightOrder,
  'POST /api/patterns/{name}/demo': { broker: 'kafka' },
  'PUT /api/consumers/{consumer}': { paused: true },
  'PUT /api/products/{sku}': { onHand: 1 },
  'POST /api/dead-letters/redrive': { queue: 'payment.charge', dryRun: true },
  'POST /api/dead-letters/{id}/redrive': {},
};

const patient = { timeoutMs: 60_000 };

// Attacks on the system, through its one front door.

// Before the first test of all: by the end of the last one here its time is over.
const slow = whenRunning.then(({ stack }) => {
  const head = ['POST /api/orders HTTP/1.1', 'host: conveyor', 'content-type: application/json'];
  const client = startSlowClient(stack.ports.gateway, head);
  after(() => client.stop());
  return client;
});

describe('an attacker', () => {
  let operations: readonly Operation[];
  let untouched: object;

  before(async () => {
    const { stack } = running();
    operations = await operationsOf(running());
    // Nothing is on its way any more that could change what an attack must not change.
    await eventually(
      async () => deepStrictEqual(findViolations(await readFacts(stack.env.POSTGRES_URL), []), []),
      patient,
    );
    untouched = await everything();
  });
  /** Orders, money, stock and sagas, and the switches that an admin has. */
  async function everything(): Promise<object> {
    const { call, stack } = running();
    const look = async (path: string) => (await call<object>('GET', path, { admin: true })).body;
    return {
      facts: await readFacts(stack.env.POSTGRES_URL),
      products: await look('/api/products'),
      faults: await look('/api/faults'),
      consumers: await look('/api/consumers'),
      letters: await look('/api/dead-letters?limit=100'),
    };
  }

  const attack = <Body = ProblemDetails>({ method }: Operation, path: string, options: CallOptions) =>
    running().call<Body>(method, path, options);

  describe('without the admin token', () => {
    test('finds every operation protected that is not open to all', () => {
      const open = operations.filter(({ isProtected }) => !isProtected).map(nameOf);
      deepStrictEqual(open.sort(), [...openToAll].sort());
      ok(operations.length > openToAll.length);
    });

    test('is refused by every protected operation, before its body is read', async () => {
      const { ADMIN_TOKEN } = running().stack.env;
      const basic = `Basic ${btoa(`admin:${ADMIN_TOKEN}`)}`;
      const tries = [
        ['no token', 401, {}],
        ['a bearer of nothing', 401, { authorization: 'Bearer' }],
        ['the token by another scheme', 401, { authorization: basic }],
        ['the token without a scheme', 401, { authorization: ADMIN_TOKEN }],
        ['the token in a cookie', 401, { cookie: `token=${ADMIN_TOKEN}` }],
        ['a wrong token', 403, { authorization: 'Bearer wrong' }],
        ['half the token', 403, { authorization: `Bearer ${ADMIN_TOKEN.slice(0, 8)}` }],
        ['the token and more', 403, { authorization: `Bearer ${ADMIN_TOKEN}x` }],
        ['the token in other letters', 403, { authorization: `Bearer ${swapCase(ADMIN_TOKEN)}` }],
      ] as const;
      for (const operation of operations.filter(({ isProtected }) => isProtected)) {
        for (const [name, status, headers] of tries) {
          const answer = await attack(operation, pathOf(operation), malformed(operation, headers));
          strictEqual(answer.status, status, `${nameOf(operation)} with ${name}`);
          isProblem(answer, nameOf(operation));
        }
        const inQuery = `${pathOf(operation)}?access_token=${ADMIN_TOKEN}`;
        strictEqual((await attack(operation, inQuery, malformed(operation))).status, 401);
        const right = { authorization: `Bearer ${ADMIN_TOKEN}` };
        const { status } = await attack(operation, pathOf(operation), malformed(operation, right));
        ok(![401, 403].includes(status) && status < 500, `${nameOf(operation)} as admin: ${status}`);
      }
    });

    test('finds no way to what services tell each other', async () => {
      for (const path of insideOnly) {
        for (const method of ['GET', 'PUT', 'POST']) {
          const answer = await sendRaw(
            running().stack.ports.gateway,
            `${method} ${path} HTTP/1.1\r\nhost: conveyor\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
          );
          match(answer, /^HTTP\/1\.1 40[014] /, `${method} ${path}`);
        }
      }
    });
  });

  describe('with texts that mean something elsewhere', () => {
    for (const [name, hostile] of Object.entries(attackTexts)) {
      test(`${name}: every parameter refuses it by its name, or takes it as text`, async () => {
        for (const operation of operations) {
          for (const parameter of operation.parameters) {
            const request = requestWith(operation, parameter, hostile);
            if (request === 'cannot be written') continue;
            const options = { admin: true, headers: request.headers, ...bodyFor(operation) };
            const answer = await attack(operation, request.path, options);
            isHarmless(answer, parameter.name, `${parameter.name} of ${nameOf(operation)}`);
          }
        }
      });

      test(`${name}: every text of an order refuses it by its name, or takes it as text`, async () => {
        const text = hostile.toWellFormed();
        for (const [field, body] of [
          ['customerId', { ...rightOrder, customerId: text }],
          ['items[0].sku', { ...rightOrder, items: [{ sku: text, quantity: 1 }] }],
          ...['currency', 'paymentToken', 'priority', 'saga', 'broker'].map(
            (each) => [each, { ...rightOrder, [each]: text }] as const,
          ),
        ] as const) {
          const answer = await running().call<ProblemDetails>('POST', '/api/orders', { body });
          const isRefused = answer.status === 400 && answer.body.field === field;
          ok(isRefused || answer.status === 422, `${field}: ${JSON.stringify(answer.body)}`);
        }
        const queue = { queue: text.slice(0, 200) };
        const answer = await running().call<ProblemDetails>('POST', '/api/dead-letters/redrive', {
          admin: true,
          body: queue,
        });
        deepStrictEqual([answer.status, answer.body.field], [400, 'queue']);
      });
    }

    test('a search takes them for words: it finds nothing, and has no more to tell', async () => {
      const search = async (q: string) =>
        running().call<OrderPage>('GET', `/api/search/orders?q=${encodeURIComponent(q)}`);
      ok((await search('mug')).body.total > 0);
      for (const q of ['*', '*:*', '_exists_:customerId', '{"match_all":{}}', '/.*/', '(', 'NOT qqqqqq']) {
        const { status, body } = await search(q);
        deepStrictEqual([status, body.total], [200, 0], q);
      }
    });
  });

  describe('with bodies made to harm who reads them', () => {
    for (const [name, rawBody] of Object.entries(attackBodies)) {
      test(`${name}: refused by every operation that has a body`, async () => {
        for (const operation of operations.filter(({ hasBody }) => hasBody)) {
          const answer = await attack(operation, pathOf(operation), { admin: true, rawBody });
          strictEqual(answer.status, 400, nameOf(operation));
          isProblem(answer, nameOf(operation));
          ok(answer.body.field, `${nameOf(operation)} names no field`);
        }
      });
    }

    test('two megabytes: refused by every operation that has a body', async () => {
      const rawBody = JSON.stringify({ payload: 'x'.repeat(2_000_000) });
      for (const operation of operations.filter(({ hasBody }) => hasBody)) {
        const answer = await attack(operation, pathOf(operation), { admin: true, rawBody });
        strictEqual(answer.status, 413, nameOf(operation));
        isProblem(answer, nameOf(operation));
      }
    });
  });

  describe('with cursors made by hand', () => {
    const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const id = randomUUID();
    for (const [name, text] of [
      ['of another sort', cursor(['total', 1, id])],
      ['with a text for a number', cursor(['-createdAt', "1' OR '1'='1", id])],
      ['with a query for a number', cursor(['-createdAt', { match_all: {} }, id])],
      ['with no number', '["-createdAt",1e999,"x"]'],
      ['with a script for an id', cursor(['-createdAt', 1, '{"script":"ctx._source"}'])],
      ['with another value', cursor(['-createdAt', 1, id, 1])],
      ['that is a prototype', Buffer.from('{"__proto__":[],"length":3}').toString('base64url')],
      ['that is nothing', 'null'],
      ['of 10,000 characters', 'A'.repeat(10_000)],
    ] as const) {
      test(`${name}: refused by its name`, async () => {
        for (const path of ['/api/search/orders', '/api/dead-letters']) {
          const query = `${path}?cursor=${encodeURIComponent(text)}`;
          const answer = await running().call<ProblemDetails>('GET', query, { admin: true });
          deepStrictEqual([answer.status, answer.body.field], [400, 'cursor'], path);
        }
      });
    }
  });

  test('a cursor that leads to no place leads to an empty page, or is refused by its name', async () => {
    for (const sort of ['-createdAt', 'total', 'relevance']) {
      for (const value of [1e300, -1e300, 0.5, -1]) {
        const cursor = Buffer.from(JSON.stringify([sort, value, randomUUID()])).toString('base64url');
        const path = `/api/search/orders?q=mug&sort=${sort}&cursor=${cursor}`;
        const { status, body } = await running().call<ProblemDetails>('GET', path);
        ok(status === 200 || (status === 400 && body.field === 'cursor'), `${sort} ${value}: ${status}`);
      }
    }
  });

  describe('past what an HTTP client lets one send', () => {
    const send = (...lines: readonly string[]) =>
      sendRaw(running().stack.ports.gateway, `${lines.join('\r\n')}\r\n\r\n`);
    const head = ['GET /api/products HTTP/1.1', 'host: conveyor', 'connection: close'];

    for (const [name, value] of [
      ['a line feed', 'a\nx-injected: yes'],
      ['a carriage return', 'a\rx-injected: yes'],
      ['a NUL', 'a\0b'],
      ['a folded line', 'a\r\n x-injected: yes'],
    ] as const) {
      test(`${name} in a header is never taken over`, async () => {
        for (const header of ['x-correlation-id', 'idempotency-key', 'traceparent', 'x-operator']) {
          const answer = await send(...head, `${header}: ${value}`);
          match(answer, /^HTTP\/1\.1 (200|400) /);
          doesNotMatch(answer, /^x-injected/im);
        }
      });
    }

    test('line breaks that are encoded, or too long an id, are no correlation id', async () => {
      for (const value of ['a%0d%0ax-injected:%20yes', 'a'.repeat(129), '<script>', "' OR 1=1"]) {
        const { headers } = await running().call('GET', '/api/products', {
          headers: { 'x-correlation-id': value },
        });
        match(headers.get('x-correlation-id') ?? '', /^[0-9a-f-]{36}$/);
        strictEqual(headers.get('x-injected'), null);
      }
    });

    test('a key for repeating that is none is refused by its name', async () => {
      for (const key of ['a\tb', 'x'.repeat(256), 'a b', '\u00e9']) {
        const answer = await running().call<ProblemDetails>('POST', '/api/orders', {
          body: rightOrder,
          headers: { 'idempotency-key': key },
        });
        deepStrictEqual([answer.status, answer.body.field], [400, 'idempotency-key'], key);
      }
    });

    test('a request with two lengths is refused, and what is smuggled behind it is not seen', async () => {
      const order = JSON.stringify(rightOrder);
      const smuggled = `POST /api/orders HTTP/1.1\r\nhost: conveyor\r\ncontent-type: application/json\r\ncontent-length: ${order.length}\r\n\r\n${order}`;
      for (const lengths of [
        ['content-length: 0', 'transfer-encoding: chunked'],
        ['content-length: 0', 'content-length: 300'],
        ['transfer-encoding: chunked, identity'],
        ['content-length: 0', 'transfer-encoding : chunked'],
      ]) {
        const answer = await send(
          'POST /api/orders HTTP/1.1',
          'host: conveyor',
          ...lengths,
          '',
          `0\r\n\r\n${smuggled}`,
        );
        match(answer, /^HTTP\/1\.1 400 /, lengths.join());
        strictEqual(answer.match(/HTTP\/1\.1 /g)?.length, 1, answer);
      }
    });

    test('headers of a hundred kilobytes are refused', async () => {
      match(await send(...head, `x-long: ${'x'.repeat(100_000)}`), /^HTTP\/1\.1 431 /);
    });
  });

  test('has changed nothing by all that', async () => {
    deepStrictEqual(await everything(), untouched);
    strictEqual(({} as { admin?: unknown }).admin, undefined);
  });

  test('who may write text gets it back as he wrote it, and as nothing else', async () => {
    const sku = `thing-${randomUUID()}`;
    const price = { amount: 500, currency: 'EUR' };
    for (const name of ["Robert'); DROP TABLE products; --", '<img src=x onerror=alert(1)>', '{{7*7}}']) {
      const body = { name, price, onHand: 1 };
      await running().call('PUT', `/api/products/${sku}`, { admin: true, body });
      const product = await running().call<ProductView>('GET', `/api/products/${sku}`);
      strictEqual(product.body.name, name);
      match(product.headers.get('content-type') ?? '', /^application\/json/);
    }
  });

  test('who sends his request byte by byte is cut off', { timeout: 120_000 }, async () => {
    match(await (await slow).answered, /^HTTP\/1\.1 408 /);
  });
});

/** With a body that nobody would take: whoever reads it before the token answers by another status. */
function malformed({ method }: Operation, headers: Readonly<Record<string, string>> = {}): CallOptions {
  if (method === 'GET') return { headers };
  return { rawBody: '<xml/>', headers: { 'content-type': 'application/xml', ...headers } };
}

function bodyFor(operation: Operation): CallOptions {
  if (!operation.hasBody) return {};
  return { body: rightBodies[nameOf(operation)] ?? {} };
}

function swapCase(text: string): string {
  return text.replaceAll(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

function isProblem({ status, headers, body }: Answer<ProblemDetails>, what: string): void {
  match(headers.get('content-type') ?? '', /^application\/problem\+json/, what);
  strictEqual(body.status, status, what);
  ok(body.detail, what);
}

/** Refused by its name, or an answer like any other. */
function isHarmless(answer: Answer<ProblemDetails>, parameter: string, what: string): void {
  const { status, body } = answer;
  ok(status < 500, `${what}: ${status}`);
  if (status < 400) return;
  isProblem(answer, what);
  if (status === 400 && body.field !== undefined) strictEqual(body.field, parameter, what);
}
