import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import type { BrokerName } from '@conveyor/brokers';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { outboxLag } from './outbox-lag.ts';
import type { Tx } from './tx.ts';
import { selectWaiting } from './waiting-rows.ts';

let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([readFileSync(new URL('schema.sql', import.meta.url), 'utf8')]);
});
beforeEach(() => database.query('truncate outbox'));
after(() => database.drop());

interface Rows {
  readonly broker: BrokerName;
  readonly count: number;
  readonly ageMs?: number;
  readonly parked?: true;
}

function write({ broker, count, ageMs = 0, parked }: Rows) {
  return database.query(
    `insert into outbox (message_id, broker, channel, routing_key, ordering_key, attributes, body, created_at, parked_at)
     select gen_random_uuid(), $1, 'events', '', '', '{}', '', now() - make_interval(secs => $3::float8 / 1000),
            case when $4 then now() end
     from generate_series(1, $2)`,
    [broker, count, ageMs, parked ?? false],
  );
}

const nothing = { waiting: 0, oldestMs: 0, parked: 0 };

test('an empty outbox lags behind on no broker', async () => {
  assert.deepEqual(await outboxLag(database), { rabbitmq: nothing, kafka: nothing });
});

test('each broker has its own lag, as old as the oldest message', async () => {
  await write({ broker: 'kafka', count: 2, ageMs: 60_000 });
  await write({ broker: 'kafka', count: 3 });
  await write({ broker: 'rabbitmq', count: 1, ageMs: 1_000 });
  const { kafka, rabbitmq } = await outboxLag(database);
  assert.equal(kafka.waiting, 5);
  assert.equal(rabbitmq.waiting, 1);
  assert.ok(kafka.oldestMs >= 60_000 && Number.isInteger(kafka.oldestMs), String(kafka.oldestMs));
  assert.ok(rabbitmq.oldestMs >= 1_000 && rabbitmq.oldestMs < kafka.oldestMs, String(rabbitmq.oldestMs));
});

test('parked messages wait for a person, not for the relay', async () => {
  await write({ broker: 'rabbitmq', count: 4, ageMs: 60_000, parked: true });
  assert.deepEqual(await outboxLag(database), { rabbitmq: { ...nothing, parked: 4 }, kafka: nothing });
});

test('no more than 10,000 messages are counted', async () => {
  await write({ broker: 'kafka', count: 10_001 });
  await write({ broker: 'kafka', count: 10_001, parked: true });
  const { kafka, rabbitmq } = await outboxLag(database);
  assert.deepEqual([kafka.waiting, kafka.parked], [10_000, 10_000]);
  assert.deepEqual(rabbitmq, nothing);
});

/** How many rows each step of the plan read, whether it passed them on or not. */
async function rowsRead(text: string, values: readonly unknown[] = []): Promise<readonly number[]> {
  const { rows } = await database.query(`explain (analyze, format json) ${text}`, values);
  const counts = JSON.stringify(rows).matchAll(/"(?:Actual Rows|Rows Removed by Filter)":([\d.]+)/g);
  return [...counts].map(([, count]) => Number(count));
}

/** How many rows `ask` reads at most in one step. */
async function mostRead(ask: (tx: Tx) => Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  await ask({
    async query(text, values) {
      counts.push(...(await rowsRead(text, values)));
      return database.query(text, values);
    },
  });
  return Math.max(...counts);
}

test('however much waits, neither a look at it nor a batch of the relay reads more than its share', async () => {
  await write({ broker: 'kafka', count: 40_000 });
  await write({ broker: 'rabbitmq', count: 40_000 });
  await write({ broker: 'kafka', count: 40_000, parked: true });
  // What PostgreSQL does by itself within a minute.
  await database.query('analyze outbox');
  assert.equal(await mostRead(outboxLag), 10_000);
  assert.equal(await mostRead((tx) => selectWaiting(tx, 'rabbitmq', 200)), 200);
});
