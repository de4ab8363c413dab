import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { placesIn } from './places.ts';

const env = { KAFKA_BROKERS: 'b:1,c:2', POSTGRES_URL: 'postgres://user:word@d:1/postgres' };

test('log and event store are those that the environment names, if it names both', () => {
  deepStrictEqual(placesIn(env), {
    kafka: ['b:1', 'c:2'],
    log: 'order-events',
    eventStore: 'postgres://user:word@d:1/conveyor_order',
  });
  for (const name of Object.keys(env)) strictEqual(placesIn({ ...env, [name]: undefined }), undefined);
});
