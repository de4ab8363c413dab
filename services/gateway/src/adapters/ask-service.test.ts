import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { askService } from './ask-service.ts';

async function serviceThat(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an answer is its status and its body, whatever they say', async (t) => {
  const url = await serviceThat(t, (_request, response) => response.writeHead(404).end('{"a":1}'));
  deepStrictEqual(await askService(url), { status: 404, ok: false, body: { a: 1 } });
});

test('an answer that breaks off in its body is none', async (t) => {
  const url = await serviceThat(t, (_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"a":', () => response.destroy());
  });
  strictEqual(await askService(url), undefined);
});

test('an answer whose body does not end in time is none', async (t) => {
  const url = await serviceThat(t, (_request, response) => void response.writeHead(200).write('{"a":'));
  strictEqual(await askService(url, { limitMs: 50 }), undefined);
});
