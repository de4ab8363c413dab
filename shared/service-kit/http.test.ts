import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { Type } from 'typebox';
import { createHttp, type Http } from './http.ts';
import { createLogger } from './logger.ts';

const build = () => {
  const http = createHttp(createLogger('test', 'silent'));
  http.get('/things/:id', async () => ({ fine: true }));
  return http;
};

for (const [what, url, status] of [
  ['what is not there', '/nothing', 404],
  ['a path that cannot be decoded', '/things/%zz', 400],
  ['a parameter of a kilobyte', `/things/${'x'.repeat(1024)}`, 414],
] as const) {
  test(`${what} is answered by a problem, with the ids that every reply carries`, async () => {
    const answer = await build().inject({ url, headers: { 'x-correlation-id': 'my-own' } });
    strictEqual(answer.statusCode, status);
    match(String(answer.headers['content-type']), /^application\/problem\+json/);
    strictEqual(answer.headers['x-correlation-id'], 'my-own');
    match(String(answer.headers['traceparent']), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
}

test('a correlation id that is not sane is replaced', async () => {
  const answer = await build().inject({ url: '/things/1', headers: { 'x-correlation-id': 'a b\tc' } });
  ok(answer.headers['x-correlation-id'] !== 'a b\tc');
});

test('a body that is called JSON and is empty is no body: fine unless the route needs one', async () => {
  const http = build();
  http.post('/wishes', async ({ body }) => ({ body: body ?? 'none' }));
  http.post('/orders', { schema: { body: Type.Object({}) } }, async () => 'never');
  const send = (url: string, payload: string) =>
    http.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } });

  deepStrictEqual((await send('/wishes', '')).json(), { body: 'none' });
  deepStrictEqual((await send('/wishes', '{}')).json(), { body: {} });
  strictEqual((await send('/wishes', '{')).statusCode, 400);
  strictEqual((await send('/wishes', '{"__proto__": {"admin": true}}')).statusCode, 400);
  strictEqual((await send('/orders', '')).statusCode, 400);
  strictEqual((await http.inject({ method: 'POST', url: '/wishes' })).statusCode, 200);
});

test('a body that nests too deeply to be written again is refused by its name', async () => {
  const http = build();
  http.post('/wishes', async ({ body }) => ({ body }));
  const send = (depth: number) =>
    http.inject({
      method: 'POST',
      url: '/wishes',
      payload: '['.repeat(depth) + ']'.repeat(depth),
      headers: { 'content-type': 'application/json' },
    });
  strictEqual((await send(100)).statusCode, 200);
  for (const depth of [101, 100_000]) {
    const answer = await send(depth);
    deepStrictEqual([answer.statusCode, answer.json().field], [400, 'body']);
  }
});

async function listen(t: TestContext, http: Http): Promise<number> {
  await http.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => http.close());
  return (http.server.address() as { port: number }).port;
}

/** Begins a request whose body is never whole: a client that has its end open for as long as it likes. */
function begin(t: TestContext, port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => socket.destroy());
  // Whoever still writes to a connection that is closed already, hears of it.
  socket.on('error', () => {});
  socket.write(
    'POST /wishes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n',
  );
  return socket;
}

/** All that is read until the connection is closed, in whatever way. */
function answerOn(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = '';
  socket
    .on('data', (chunk) => {
      answer += chunk;
    })
    .once('close', () => resolve(answer));
  return promise;
}

test('a client that never comes to the end of its request is cut off', async (t) => {
  const http = createHttp(createLogger('test', 'silent'), { requestTimeoutMs: 300 });
  http.post('/wishes', async () => 'never');
  const socket = begin(t, await listen(t, http));
  const drip = setInterval(() => socket.write(' '), 20);
  t.after(() => clearInterval(drip));
  match(
    await answerOn(socket),
    /^HTTP\/1\.1 408 Request Timeout\r\ncontent-type: application\/problem\+json/,
  );
});

test('of a request that was given up nothing is handled, and its connection does not stay', {
  timeout: 10_000,
}, async (t) => {
  const http = createHttp(createLogger('test', 'silent'), { requestTimeoutMs: 300 });
  const handled = Promise.withResolvers<string>();
  http.post('/wishes', async () => handled.resolve('handled'));
  const port = await listen(t, http);
  const connected = once(http.server, 'connection');
  const late = begin(t, port);
  const [served] = (await connected) as [Socket];
  late.resume().once('end', () => late.write(JSON.stringify('x'.repeat(998))));
  const closed = once(served, 'close').then(() => 'closed');
  strictEqual(await Promise.race([closed, handled.promise]), 'closed');
});

test('in the middle of an answer nothing else is said, and the connection is cut', {
  timeout: 10_000,
}, async (t) => {
  const http = build();
  http.get('/long', (_request, reply) => {
    reply.raw.writeHead(200, { 'content-length': 1000 }).write('first');
    return reply.hijack();
  });
  const socket = connect(await listen(t, http), '127.0.0.1');
  socket.on('error', () => {}).write('GET /long HTTP/1.1\r\nhost: x\r\n\r\n');
  socket.once('data', () => socket.write('NONSENSE\r\n\r\n'));
  match(await answerOn(socket), /\r\n\r\nfirst$/);
});

test('requests under way when the server begins to stop are answered, and their connections closed', {
  timeout: 10_000,
}, async (t) => {
  const http = build();
  const arrived = Promise.withResolvers<void>();
  const stopping = Promise.withResolvers<void>();
  http.addHook('preClose', async () => stopping.resolve());
  http.get('/slow', async () => {
    arrived.resolve();
    await stopping.promise;
    return { fine: true };
  });
  const socket = connect(await listen(t, http), '127.0.0.1');
  socket.write('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n');
  await arrived.promise;
  const answer = answerOn(socket);
  await http.close();
  match(await answer, /^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*connection: close\r\n/);
});

for (const [what, lines, status, field] of [
  ['without a host', ['GET /things/1 HTTP/1.1'], 400, 'host'],
  ['that expects what nobody knows', ['GET /things/1 HTTP/1.1', 'host: x', 'expect: wonders'], 417, 'expect'],
] as const) {
  test(`a request ${what} is answered by a problem, with the ids that every reply carries`, async (t) => {
    const socket = connect(await listen(t, build()), '127.0.0.1');
    socket.write(`${[...lines, 'x-correlation-id: my-own', 'connection: close'].join('\r\n')}\r\n\r\n`);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    match(head, /^content-type: application\/problem\+json/im);
    match(head, /^x-correlation-id: my-own$/im);
    const { status: told, field: named } = JSON.parse(body);
    deepStrictEqual([told, named], [status, field]);
  });
}

test('what is wrong with all of a body is said of the body', async () => {
  const http = build();
  http.post('/orders', { schema: { body: Type.Object({}) } }, async () => 'never');
  for (const body of ['[]', '"an order"', '42', 'null', '{']) {
    const headers = { 'content-type': 'application/json' };
    const answer = await http.inject({ method: 'POST', url: '/orders', payload: body, headers });
    deepStrictEqual([answer.statusCode, answer.json().field], [400, 'body'], body);
    match(answer.json().detail, /./);
  }
});

test('what is not HTTP at all is answered by a problem, too', async (t) => {
  const socket = connect(await listen(t, build()), '127.0.0.1');
  socket.end('NONSENSE\r\n\r\n');
  const answer = await text(socket);
  match(answer, /^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json/);
  deepStrictEqual(JSON.parse(answer.split('\r\n\r\n')[1] ?? '').status, 400);
  match(answer, /\r\nx-correlation-id: /);
});

for (const [what, error, status, retryAfter] of [
  ['a mistake of ours', new Error('password=hunter2'), 500, undefined],
  [
    'a database that is away',
    Object.assign(new Error('connect to hunter2'), { code: 'ECONNREFUSED' }),
    503,
    '1',
  ],
] as const) {
  test(`${what} is ${status}, and nothing is told of it`, async () => {
    const http = createHttp(createLogger('test', 'silent'));
    http.get('/', async () => {
      throw error;
    });
    const answer = await http.inject('/');
    deepStrictEqual([answer.statusCode, answer.headers['retry-after']], [status, retryAfter]);
    match(String(answer.headers['content-type']), /^application\/problem\+json/);
    ok(!answer.body.includes('hunter2'), answer.body);
  });
}
