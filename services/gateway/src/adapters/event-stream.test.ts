import { deepStrictEqual, match } from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { eventStreams } from './event-stream.ts';

test('there are only so many streams at once: who comes too late is told when to come again', async (t) => {
  const http = createHttp(createLogger('gateway', 'silent'));
  const send = eventStreams(http, { mostOpen: 2 });
  const ended = Promise.withResolvers<void>();
  async function* endless(signal: AbortSignal) {
    yield 'data: 1\n\n';
    await once(signal, 'abort');
    ended.resolve();
  }
  http.get('/events', async (_request, reply) => send(reply, endless));
  const url = `${await http.listen({ host: '127.0.0.1', port: 0 })}/events`;
  t.after(() => http.close());

  const [first, second, third] = [await fetch(url), await fetch(url), await fetch(url)];
  deepStrictEqual([first.status, second.status, third.status], [200, 200, 503]);
  match(third.headers.get('retry-after') ?? '', /^\d+$/);
  match(third.headers.get('content-type') ?? '', /^application\/problem\+json/);

  await first.body?.cancel();
  await ended.promise;
  deepStrictEqual([(await fetch(url)).status, (await fetch(url)).status], [200, 503]);
});
