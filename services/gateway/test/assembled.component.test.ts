import { deepStrictEqual, ok } from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import { readConfig } from '@conveyor/service-kit/config';
import { openServiceBase } from '@conveyor/testing/service-base';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { assemble, Config } from '../src/app.ts';

/** Nobody listens there. */
const nowhere = '127.0.0.1:1';
const others = ['ORDER', 'ORDER_SAGA', 'ORDER_QUERY', 'INVENTORY', 'PAYMENT', 'NOTIFICATION', 'SANDBOX'];

let testDatabase: TestDatabase;
let service: ReturnType<typeof openServiceBase>;
const warnings: string[] = [];

/** The whole gateway, alone: neither the other services nor the brokers are there. */
before(async () => {
  testDatabase = await createTestDatabase([]);
  service = openServiceBase('gateway');
  const warn = mock.method(service.base.log, 'warn');
  const env = {
    PORT: '0',
    DATABASE_URL: testDatabase.url,
    RABBITMQ_URL: `amqp://${nowhere}`,
    KAFKA_BROKERS: nowhere,
    RATE_LIMIT_PER_SECOND: '2',
    ...Object.fromEntries(others.map((other) => [`${other}_URL`, `http://${nowhere}`])),
  };
  await assemble(readConfig(Config, env), service.base);
  await service.base.http.ready();
  warnings.push(...warn.mock.calls.map(({ arguments: said }) => String(said[0])));
  // However slow this machine is, all calls of a test are made within one second.
  mock.timers.enable({ apis: ['Date'] });
});
after(async () => {
  mock.timers.reset();
  await service?.stop();
  await testDatabase?.drop();
});

for (const [what, url, remoteAddress] of [
  ['of its own', '/api/patterns', '10.0.0.1'],
  ['that it passes on', '/api/orders/x', '10.0.0.2'],
  ['that wants a token', '/api/faults', '10.0.0.3'],
  ['that is not there', '/nothing', '10.0.0.4'],
] as const) {
  test(`calls ${what} are limited, for each client`, async () => {
    const call = () => service.base.http.inject({ url, remoteAddress });
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
