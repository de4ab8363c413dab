import { throws } from 'node:assert/strict';
import { test } from 'node:test';
import { longestWaitSeconds } from '@conveyor/contracts/http';
import { readConfig } from '@conveyor/service-kit/config';
import { Config } from './app.ts';

test('a quote cannot be waited for longer than the gateway waits for the order', () => {
  const env = {
    PORT: '8081',
    DATABASE_URL: 'postgres://localhost/orders',
    RABBITMQ_URL: 'amqp://localhost',
    KAFKA_BROKERS: 'localhost:9092',
  };
  const mostMs = longestWaitSeconds * 1_000;
  readConfig(Config, { ...env, QUOTE_TIMEOUT_MS: String(mostMs) });
  throws(() => readConfig(Config, { ...env, QUOTE_TIMEOUT_MS: String(mostMs + 1) }), /QUOTE_TIMEOUT_MS/);
});
