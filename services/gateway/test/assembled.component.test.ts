import { deepStrictEqual, ok } from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import { readConfig } from '@conveyor/service-kit/config';
import { createHttp, type Http } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { addMetricsRoute } from '@conveyor/service-kit/metrics';
import type { Stoppable } from '@conveyor/service-kit/service';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { assemble, Config } from '../src/app.ts';

/** Nobody listens there. */
const nowhere = '127.0.0.1:1';
const services = ['ORDER', 'ORDER_SAGA', 'ORDER_QUERY', 'INVENTORY', 'PAYMENT', 'NOTIFICATION', 'SANDBOX'];

let testDatabase: TestDatabase;
let http: Http;
const parts: Stoppable[] = [];
const warnings: string[] = [];

/** The whole gateway, alone: neither the other services nor the brokers are there. */
before(async () => {
  testDatabase = await createTestDatabase([]);
  const log = createLogger('gateway', 'silent');
  const warn = mock.method(log, 'warn');
  http = createHttp(log);
  const env = {
    PORT: '0',
    DATABASE_URL: testDatabase.url,
    RABBITMQ_URL: `amqp://${nowhere}`,
    KAFKA_BROKERS: nowhere,
    RATE_LIMIT_PER_SECOND: '2',
    ...Object.fromEntries(services.map((service) => [`${service}_URL`, `http://${nowhere}`])),
  };
  await assemble(readConfig(Config, env), {
    log,
    http,
    metrics: addMetricsRoute(http, 'gateway', { checks: new Map(), breakers: [] }),
    addCheck: () => {},
    addBreaker: () => {},
    addOutbox: () => {},
    onStop: (part) => parts.push(part),
    readiness: async () => ({ status: 'up', checks: {}, breakers: {} }),
    everyHour: () => {},
  });
  await http.ready();
  warnings.push(...warn.mock.calls.map(({ arguments: said }) => String(said[0])));
  // However slow this machine is, all calls of a test are made within one second.
  mock.timers.enable({ apis: ['Date'] });
});
after(async () => {
  mock.timers.reset();
  await http?.close();
  for (const part of parts) await part.stop(1_000);
  await testDatabase?.drop();
});

for (const [what, url, remoteAddress] of [
  ['of its own', '/api/patterns', '10.0.0.1'],
  ['that it passes on', '/api/orders/x', '10.0.0.2'],
  ['that wants a token', '/api/faults', '10.0.0.3'],
  ['that is not there', '/nothing', '10.0.0.4'],
] as const) {
  test(`calls ${what} are limited, for each client`, async () => {
    const call = () => http.inject({ url, remoteAddress });
    const statuses = [(await call()).statusCode, (await call()).statusCode];
    ok(!statuses.includes(429), statuses.join());
    const third = await call();
    deepStrictEqual([third.statusCode, third.headers['retry-after']], [429, '1']);
  });
}

test('who starts it with the token of the demo is warned', () => {
  ok(
    warnings.some((said) => said.includes('local-demo')),
    warnings.join(),
  );
});
