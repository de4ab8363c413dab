import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createHttp, type Http } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { addFaultRoutes } from './faults.ts';

const log = createLogger('gateway', 'silent');

/** Nobody listens there. */
const nowhere = 'http://127.0.0.1:1';

/** The sandbox, as far as its faults go. */
async function startSandbox(t: TestContext): Promise<string> {
  let faults: object = { payment: { mode: 'ok' }, notification: { mode: 'ok' } };
  const http = createHttp(log);
  http.get('/internal/faults', async () => faults);
  http.put<{ Body: object }>('/internal/faults', async ({ body }) => {
    faults = { ...faults, ...(body as object) };
    return faults;
  });
  t.after(() => http.close());
  return http.listen({ host: '127.0.0.1', port: 0 });
}

function gatewayOf(services: { readonly sandbox: string; readonly inventory: string }): Http {
  const http = createHttp(log);
  addFaultRoutes(http, services, async () => {});
  return http;
}

const ask = async (http: Http, method: 'GET' | 'PUT', body?: object) => {
  const answer = await http.inject({ method, url: '/api/faults', ...(body && { payload: body }) });
  return { status: answer.statusCode, body: answer.json() };
};

test('while inventory is away the other faults are told and switched all the same', async (t) => {
  const http = gatewayOf({ sandbox: await startSandbox(t), inventory: nowhere });
  const well = { payment: { mode: 'ok' }, notification: { mode: 'ok' } };
  deepStrictEqual(await ask(http, 'GET'), { status: 200, body: well });
  const hangs = { payment: { mode: 'timeout' } };
  deepStrictEqual(await ask(http, 'PUT', hangs), { status: 200, body: { ...well, ...hangs } });
});

test('what could not be switched is no success, and does not keep the rest from being switched', async (t) => {
  const http = gatewayOf({ sandbox: await startSandbox(t), inventory: nowhere });
  const both = { payment: { mode: 'error' }, inventory: { mode: 'error' } };
  strictEqual((await ask(http, 'PUT', both)).status, 503);
  strictEqual((await ask(http, 'GET')).body.payment.mode, 'error');
});

test('with nobody there is no answer', async () => {
  strictEqual((await ask(gatewayOf({ sandbox: nowhere, inventory: nowhere }), 'GET')).status, 503);
});
