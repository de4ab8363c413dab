import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { OutboxLag } from '@conveyor/patterns/transactional-outbox/outbox-lag';
import { addHealthRoutes, askAll } from './health.ts';
import { createHttp } from './http.ts';
import { createLogger } from './logger.ts';
import { addMetricsRoute } from './metrics.ts';
import type { Watched } from './watched.ts';

const lag: OutboxLag = {
  rabbitmq: { waiting: 0, oldestMs: 0, parked: 2 },
  kafka: { waiting: 10_000, oldestMs: 90_500, parked: 0 },
};

function build(outboxLag?: Watched['outboxLag']) {
  const http = createHttp(createLogger('test', 'silent'));
  const watched: Watched = { checks: new Map(), breakers: [], ...(outboxLag && { outboxLag }) };
  addHealthRoutes(http, watched);
  addMetricsRoute(http, 'order', watched);
  return {
    ready: () => http.inject('/ready'),
    async lines() {
      const { body } = await http.inject('/metrics');
      return body.split('\n').filter((line) => line.startsWith('conveyor_outbox'));
    },
  };
}

test('readiness tells what waits in the outbox, and is not lost by it', async () => {
  const answer = await build(async () => lag).ready();
  strictEqual(answer.statusCode, 200);
  deepStrictEqual(answer.json().outbox, lag);
});

test('metrics tell what waits in the outbox, for each broker', async () => {
  deepStrictEqual(await build(async () => lag).lines(), [
    'conveyor_outbox_waiting{broker="rabbitmq",service="order"} 0',
    'conveyor_outbox_waiting{broker="kafka",service="order"} 10000',
    'conveyor_outbox_oldest_seconds{broker="rabbitmq",service="order"} 0',
    'conveyor_outbox_oldest_seconds{broker="kafka",service="order"} 90.5',
    'conveyor_outbox_parked{broker="rabbitmq",service="order"} 2',
    'conveyor_outbox_parked{broker="kafka",service="order"} 0',
  ]);
});

test('a service without an outbox tells nothing of one', async () => {
  const { ready, lines } = build();
  ok(!('outbox' in (await ready()).json()));
  deepStrictEqual(await lines(), []);
});

test('what the database does not tell is left out, in metrics also what it told before', async () => {
  let away = false;
  const { ready, lines } = build(async () => {
    if (away) throw new Error('the database is away');
    return lag;
  });
  strictEqual((await lines()).length, 6);
  away = true;
  const answer = await ready();
  strictEqual(answer.statusCode, 200);
  ok(!('outbox' in answer.json()));
  deepStrictEqual(await lines(), []);
});

test('readiness waits for the outbox no longer than for a check', { timeout: 10_000 }, async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const hangs = () => Promise.withResolvers<never>().promise;
  const asked = askAll({ checks: new Map([['postgres', hangs]]), breakers: [], outboxLag: hangs });
  t.mock.timers.tick(2_000);
  deepStrictEqual(await asked, {
    status: 'down',
    checks: { postgres: { status: 'down', detail: 'no answer within 2000 ms' } },
    breakers: {},
  });
});

test('one look at the database serves all metrics', async () => {
  let looks = 0;
  const { lines } = build(async () => {
    looks += 1;
    return lag;
  });
  await lines();
  strictEqual(looks, 1);
  await lines();
  strictEqual(looks, 2);
});
