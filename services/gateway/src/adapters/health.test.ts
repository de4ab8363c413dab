import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Readiness } from '@conveyor/contracts/http';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { addHealthRoute } from './health.ts';

async function healthOf(readiness: Readiness) {
  const http = createHttp(createLogger('test', 'silent'));
  addHealthRoute(http, { services: {}, ownReadiness: async () => readiness });
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
