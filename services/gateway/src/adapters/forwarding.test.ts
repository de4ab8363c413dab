import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingHttpHeaders, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { getOrder, listProducts, placeOrder } from '@conveyor/contracts/http';
import { createHttp, type Http } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { forwardRoutes } from './forwarding.ts';

const log = createLogger('test', 'silent');
const nowhere = 'http://127.0.0.1:1';

/** The answer to a question that no service ever answers. */
const endless = Promise.withResolvers<ServerResponse>();

let upstream: Http;
let gateway: Http;

const portOf = (http: Http) => (http.server.address() as { port: number }).port;

before(async () => {
  upstream = createHttp(log);
  upstream.get('/internal/secret', async () => 'secret');
  upstream.get('/*', async ({ url }) => ({ url }));
  upstream.get('/api/orders/leaving', (_request, reply) =>
    reply
      .headers({ connection: 'close, x-hop', 'keep-alive': 'timeout=1', 'x-hop': '1', 'x-end': '1' })
      .send({}),
  );
  upstream.get('/api/orders/several', (_request, reply) =>
    reply.raw.writeHead(200, { 'x-line': ['one', 'two'], 'content-length': 2 }).end('{}'),
  );
  upstream.get('/api/orders/cut', (_request, reply) => {
    reply.raw.writeHead(200, { 'content-length': 1_000 });
    reply.raw.write('the first part', () => reply.raw.destroy());
  });
  upstream.get('/api/orders/endless', (_request, reply) => {
    endless.resolve(reply.raw);
    return reply.hijack();
  });
  upstream.post('/*', async ({ url, body, headers }) => ({ url, body, headers }));
  await upstream.listen({ host: '127.0.0.1', port: 0 });
  gateway = createHttp(log);
  const order = `http://127.0.0.1:${portOf(upstream)}`;
  const upstreams = { order, 'order-query': nowhere, inventory: nowhere, sandbox: nowhere };
  await forwardRoutes(gateway, [getOrder, placeOrder, listProducts], upstreams, async () => {});
  await gateway.listen({ host: '127.0.0.1', port: 0 });
});
after(async () => {
  await gateway?.close();
  await upstream?.close();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends `path` as it is written; `fetch` would tidy it up first. */
async function send(
  path: string,
  method = 'GET',
  body?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = { ...(body !== undefined && { 'content-type': 'application/json' }), ...more };
  request({ host: '127.0.0.1', port: portOf(gateway), path, method, headers }, (response) => {
    const { statusCode: status = 0, headers: told } = response;
    text(response).then((answer) => resolve({ status, headers: told, text: answer }), reject);
  })
    .on('error', reject)
    .end(body);
  return promise;
}

for (const path of [
  '/api/orders/x\\..\\..\\..\\internal\\secret',
  '/api/orders/..\\..\\internal\\secret',
  '/api/orders/%2e%2e%2f%2e%2e%2finternal%2fsecret',
  '/api/orders/..',
  '/api/orders/%2e%2e',
  '/api/orders/../../internal/secret',
  '/internal/secret',
]) {
  test(`${path} leads to nothing but the route that it matches`, async () => {
    const answer = await send(path);
    strictEqual(answer.text.includes('"secret"') || answer.text === 'secret', false);
    if (answer.status === 200) strictEqual(JSON.parse(answer.text).url.startsWith('/api/orders/'), true);
  });
}

for (const path of ['/api/orders/..x', '/api/orders/a%2F..%2Fb', '/api/orders/..', '/api/orders/.']) {
  test(`what ${path} names is for the owner to know, like any other id`, async () => {
    const answer = await send(path);
    deepStrictEqual([answer.status, JSON.parse(answer.text)], [200, { url: path }]);
  });
}

test('path, query and body arrive as they were sent', async () => {
  const answer = await send('/api/orders?wait=5&x=%zz&y=../a', 'POST', '{"a": 1}');
  const { url, body } = JSON.parse(answer.text);
  deepStrictEqual({ url, body }, { url: '/api/orders?wait=5&x=%zz&y=../a', body: { a: 1 } });
});

for (const [name, value] of [
  ['expect', '100-continue'],
  ['keep-alive', 'timeout=5'],
  ['authorization', 'Bearer secret'],
] as const) {
  test(`what a client says to the gateway alone is not passed on: ${name}`, async () => {
    const answer = await send('/api/orders', 'POST', '{"a": 1}', { [name]: value });
    const { body, headers } = JSON.parse(answer.text);
    deepStrictEqual([answer.status, body, headers[name]], [200, { a: 1 }, undefined]);
  });
}

test('what a service says of its connection to the gateway does not reach the client', async () => {
  const { status, headers } = await send('/api/orders/leaving');
  deepStrictEqual(
    [status, headers.connection, headers['keep-alive'], headers['x-hop'], headers['x-end']],
    [200, 'keep-alive', 'timeout=72', undefined, '1'],
  );
});

test('a header of several lines arrives with all of them', async () => {
  const { headers } = await send('/api/orders/several');
  deepStrictEqual(headers['x-line'], 'one, two');
});

test('who asks for the head alone gets it, with the length of what would follow', async () => {
  const { headers } = await send('/api/orders/x');
  const head = await send('/api/orders/x', 'HEAD');
  deepStrictEqual(
    [head.status, head.text, head.headers['content-length']],
    [200, '', headers['content-length']],
  );
});

test('an answer that is cut off is not passed off as whole', { timeout: 10_000 }, async () => {
  await rejects(send('/api/orders/cut'), { code: 'ECONNRESET' });
});

test('when its client has gone, the gateway leaves the service', { timeout: 10_000 }, async () => {
  const client = request({ host: '127.0.0.1', port: portOf(gateway), path: '/api/orders/endless' });
  client.on('error', () => {}).end();
  const begun = await endless.promise;
  client.destroy();
  await once(begun, 'close');
});

test('a service that does not answer is a problem with a time to come again', async () => {
  const answer = await send('/api/products');
  deepStrictEqual(
    [answer.status, JSON.parse(answer.text).status, answer.headers['retry-after']],
    [503, 503, '1'],
  );
});
