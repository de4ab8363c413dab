import { deepStrictEqual, doesNotMatch, match, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { DatabaseConfig, InvalidConfig, MessagingConfig, readConfig, ServiceConfig } from './config.ts';

const Config = Type.Object({
  ...ServiceConfig.properties,
  ...DatabaseConfig.properties,
  ...MessagingConfig.properties,
});
const good = {
  PORT: '8080',
  DATABASE_URL: 'postgres://somebody:secret@localhost/somewhere',
  RABBITMQ_URL: 'amqp://localhost',
  KAFKA_BROKERS: 'localhost:9092',
};

/** What is said of these settings; fails when nothing is wrong with them. */
function saidOf(env: Readonly<Record<string, string>>): string {
  let said = '';
  throws(
    () => readConfig(Config, env),
    (error: unknown) => {
      said = error instanceof InvalidConfig ? error.message : '';
      return error instanceof InvalidConfig;
    },
  );
  return said;
}

test('settings are converted, and have defaults; an empty one is none', () => {
  const { PORT, DATABASE_POOL_SIZE, RETRY_DELAYS_MS, LOG_LEVEL } = readConfig<Record<string, unknown>>(
    Config,
    {
      ...good,
      DATABASE_POOL_SIZE: '3',
      LOG_LEVEL: '',
    },
  );
  deepStrictEqual(
    [PORT, DATABASE_POOL_SIZE, RETRY_DELAYS_MS, LOG_LEVEL],
    [8080, 3, '1000,5000,30000', 'info'],
  );
});

test('every setting that is missing or wrong is named, and no value is told', () => {
  const said = saidOf({ PORT: 'x', DATABASE_URL: 'mysql://somebody:secret@localhost' });
  for (const name of ['PORT', 'DATABASE_URL', 'RABBITMQ_URL', 'KAFKA_BROKERS']) match(said, new RegExp(name));
  doesNotMatch(said, /secret/);
});

for (const [name, value] of [
  ['RETRY_DELAYS_MS', '5000000000'],
  ['RETRY_DELAYS_MS', '1000,'],
  ['ORDER_EXPIRES_AFTER_MS', '5000000000'],
  ['DATABASE_POOL_SIZE', '1'],
  ['KAFKA_BROKERS', ''],
] as const) {
  test(`${name}=${value} is refused`, () => {
    match(saidOf({ ...good, [name]: value }), new RegExp(name));
  });
}
