import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { requireAdminToken } from './admin-token.ts';
import { limitRate } from './rate-limit.ts';

const limit = 3;

// However slow this machine is, all calls of a test are made within one second.
mock.timers.enable({ apis: ['Date'] });

/** A gateway of two routes, and the statuses of calls to it. */
async function gateway() {
  const http = createHttp(createLogger('test', 'silent'));
  await limitRate(http, limit);
  http.get('/open', async () => 'open');
  http.get('/guarded', { onRequest: requireAdminToken('the-right-one') }, async () => 'guarded');
  const call = (url: string, headers = {}, remoteAddress = '127.0.0.1') =>
    http.inject({ url, headers, remoteAddress });
  async function statuses(count: number, ...request: Parameters<typeof call>): Promise<readonly number[]> {
    const answers: number[] = [];
    for (let i = 0; i < count; i += 1) answers.push((await call(...request)).statusCode);
    return answers;
  }
  return { call, statuses };
}

test('beyond the limit a client is told to come again in a second', async () => {
  const { call, statuses } = await gateway();
  deepStrictEqual(await statuses(limit, '/open'), [200, 200, 200]);
  const answer = await call('/open');
  strictEqual(answer.statusCode, 429);
  strictEqual(answer.headers['retry-after'], '1');
  match(String(answer.headers['content-type']), /^application\/problem\+json/);
});

for (const [who, url, headers, status] of [
  ['guesses at the admin token', '/guarded', { authorization: 'Bearer guessed' }, 403],
  ['has no token', '/guarded', {}, 401],
  ['guesses at paths', '/nowhere', {}, 404],
] as const) {
  test(`whoever ${who} is counted, too`, async () => {
    const { statuses } = await gateway();
    deepStrictEqual(await statuses(limit + 1, url, headers), [status, status, status, 429]);
  });
}

test('each client has a limit of its own, and cannot pass for another by a header', async () => {
  const { call, statuses } = await gateway();
  await statuses(limit, '/open');
  strictEqual((await call('/open', { 'x-forwarded-for': '10.0.0.9' })).statusCode, 429);
  strictEqual((await call('/open', {}, '127.0.0.2')).statusCode, 200);
});
