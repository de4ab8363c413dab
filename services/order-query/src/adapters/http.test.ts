import { deepStrictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { addSearchRoutes, type SearchRoutes } from './http.ts';

const never = new Promise<never>(() => {});
const url = '/api/search/orders?after=01940000-0000-7000-8000-000000000000:1';

function serve(routes: Pick<SearchRoutes, 'search' | 'seen'>, searchMs = 10_000) {
  const http = createHttp(createLogger('test', 'silent'));
  addSearchRoutes(http, { ...routes, status: () => never, rebuild: () => never }, { searchMs });
  return http;
}

for (const [what, routes] of [
  ['a refresh', { seen: () => never, search: () => never }],
  ['a search', { seen: async () => true, search: () => never }],
] as const) {
  test(`${what} that does not end is given up soon after the wait`, { timeout: 10_000 }, async () => {
    const answer = await serve(routes, 50).inject(`${url}&wait=0.01`);
    deepStrictEqual([answer.statusCode, answer.headers['retry-after']], [503, '1']);
  });
}

test('when a client goes, nothing is waited for any more', { timeout: 10_000 }, async (t) => {
  const asked = Promise.withResolvers<AbortSignal>();
  const http = serve({
    async seen(_version, _ms, signal) {
      asked.resolve(signal);
      await once(signal, 'abort');
      return false;
    },
    search: () => never,
  });
  t.after(() => http.close());
  const client = new AbortController();
  const address = await http.listen({ host: '127.0.0.1', port: 0 });
  const answer = fetch(`${address}${url}&wait=60`, { signal: client.signal }).catch(() => {});
  const signal = await asked.promise;
  const fired = once(signal, 'abort');
  client.abort();
  await fired;
  await answer;
});
