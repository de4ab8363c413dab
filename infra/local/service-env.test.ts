import assert from 'node:assert/strict';
import { test } from 'node:test';
import { portsFrom } from './ports.ts';
import { serviceEnv, userSettings } from './service-env.ts';
import { type ServiceName, serviceNames } from './services.ts';

const ports = portsFrom({ POSTGRES_PORT: '5000', PAYMENT_PORT: '6000' });

test('a service gets its own port and its own database', () => {
  const env = serviceEnv('payment', ports, {});
  assert.equal(env['PORT'], '6000');
  assert.equal(env['HOST'], '127.0.0.1');
  assert.equal(
    env['DATABASE_URL'],
    'postgres://conveyor_payment:conveyor_payment@127.0.0.1:5000/conveyor_payment',
  );
});

test('a name of two words is one with an underscore in the database', () => {
  const { PORT, DATABASE_URL } = serviceEnv('order-saga', ports, {});
  assert.equal(PORT, '8085');
  assert.equal(
    DATABASE_URL,
    'postgres://conveyor_order_saga:conveyor_order_saga@127.0.0.1:5000/conveyor_order_saga',
  );
});

test('every service is told where the others, the brokers and the stores are', () => {
  const { SANDBOX_URL, RABBITMQ_URL, KAFKA_BROKERS, ELASTICSEARCH_URL, SMTP_URL } = serviceEnv(
    'order',
    ports,
    {},
  );
  assert.equal(SANDBOX_URL, 'http://127.0.0.1:8090');
  assert.equal(RABBITMQ_URL, 'amqp://conveyor:conveyor@127.0.0.1:15673');
  assert.equal(KAFKA_BROKERS, '127.0.0.1:19092');
  assert.equal(ELASTICSEARCH_URL, 'http://127.0.0.1:19200');
  assert.equal(SMTP_URL, 'smtp://127.0.0.1:11025');
});

test('no service is handed the superuser of PostgreSQL, but the gateway for its demos', () => {
  const withSuperuser = (name: ServiceName) =>
    Object.entries(serviceEnv(name, ports, {}))
      .filter(([, value]) => value.includes('postgres:postgres'))
      .map(([variable]) => variable);
  assert.deepEqual(serviceNames.flatMap(withSuperuser), ['DEMO_POSTGRES_URL'], 'one setting of one service');
  assert.deepEqual(withSuperuser('gateway'), ['DEMO_POSTGRES_URL']);
});

test('settings that are handed in win', () => {
  assert.equal(
    serviceEnv('order', ports, { SANDBOX_URL: 'http://elsewhere' })['SANDBOX_URL'],
    'http://elsewhere',
  );
});

test("the user's settings pass, but nothing that says where things are, and nothing of npm", () => {
  const env = {
    LOG_LEVEL: 'debug',
    RETRY_DELAYS_MS: '10',
    DATABASE_URL: 'x',
    KAFKA_PORT: '1',
    npm_command: 'run',
  };
  assert.deepEqual(userSettings(env), { LOG_LEVEL: 'debug', RETRY_DELAYS_MS: '10' });
});
