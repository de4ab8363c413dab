import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { serversIn } from './servers.ts';

const env = { RABBITMQ_URL: 'amqp://a', KAFKA_BROKERS: 'b:1,c:2', POSTGRES_URL: 'postgres://d' };

test('the servers are those that the environment names, if it names all of them', () => {
  deepStrictEqual(serversIn(env), { rabbitmq: 'amqp://a', kafka: ['b:1', 'c:2'], postgres: 'postgres://d' });
  for (const name of Object.keys(env)) {
    strictEqual(serversIn({ ...env, [name]: undefined }), undefined);
    strictEqual(serversIn({ ...env, [name]: '' }), undefined);
  }
});
