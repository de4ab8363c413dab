import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Readiness } from '@conveyor/contracts/http';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { addHealthRoute } from './health.ts';

async function healthOf(readiness: Readiness, services: Readonly<Record<string, string>> = {}) {
  const http = createHttp(createLogger('test', 'silent'));
  addHealthRoute(http, { services, ownReadiness: async () => readiness });
  const answer = await http.inject('/api/health');
  return { status: answer.statusCode, body: answer.json() };
}

const checks = { postgres: { status: 'up' } } as const;

test('an open breaker is shown, and is no reason for 503', async () => {
  const readiness: Readiness = { status: 'up', checks, breakers: { 'publish to kafka': 'open' } };
  deepStrictEqual(await healthOf(readiness), {
    status: 200,
    body: { status: 'up', services: { gateway: readiness } },
  });
});

test('what waits in an outbox is shown, and is no reason for 503', async () => {
  const outbox = {
    rabbitmq: { waiting: 0, oldestMs: 0, parked: 1 },
    kafka: { waiting: 10_000, oldestMs: 90_000, parked: 0 },
  };
  const readiness: Readiness = { status: 'up', checks, breakers: {}, outbox };
  deepStrictEqual(await healthOf(readiness), {
    status: 200,
    body: { status: 'up', services: { gateway: readiness } },
  });
});

test('what is not there is a reason', async () => {
  strictEqual((await healthOf({ status: 'down', checks, breakers: {} })).status, 503);
});

test('a service that does not answer is a reason, and is down', async () => {
  const own: Readiness = { status: 'up', checks, breakers: {} };
  const gone = createHttp(createLogger('test', 'silent'));
  const order = await gone.listen({ host: '127.0.0.1', port: 0 });
  await gone.close();
  const { status, body } = await healthOf(own, { order });
  deepStrictEqual([status, body.status, body.services.order], [503, 'down', { status: 'down' }]);
});

test('so is one that says that it is not ready, and what it lacks is passed on', async (t) => {
  const readiness: Readiness = { status: 'down', checks: { kafka: { status: 'down' } }, breakers: {} };
  const service = createHttp(createLogger('test', 'silent'));
  service.get('/ready', (_request, reply) => reply.status(503).send(readiness));
  const url = await service.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => service.close());
  const { status, body } = await healthOf({ status: 'up', checks, breakers: {} }, { order: url });
  deepStrictEqual([status, body.services.order], [503, readiness]);
});
