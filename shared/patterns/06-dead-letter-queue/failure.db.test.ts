import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import pg from 'pg';
import { classify } from './failure.ts';

let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([
    'create table pair (id int primary key, n int)',
    'insert into pair values (1, 0), (2, 0)',
  ]);
});
after(() => database.drop());

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.fail('should have failed'),
    (error: unknown) => error,
  );
}

test('a database that refuses connections is infrastructure', async () => {
  const client = new pg.Client({ connectionString: 'postgres://127.0.0.1:1/none' });
  assert.equal(classify(await errorOf(client.connect())), 'infrastructure');
});

test('a connection that is cut in the middle is infrastructure, and so is the next statement on it', async () => {
  const connection = await database.connect();
  const cut = errorOf(connection.query('select pg_terminate_backend(pg_backend_pid())'));
  assert.equal(classify(await cut), 'infrastructure');
  assert.equal(classify(await errorOf(connection.query('select 1'))), 'infrastructure');
});

test('a pool without a free connection is infrastructure', async () => {
  const pool = new pg.Pool({ connectionString: database.url, max: 1, connectionTimeoutMillis: 500 });
  const client = await pool.connect();
  assert.equal(classify(await errorOf(pool.query('select 1'))), 'infrastructure');
  client.release();
  await pool.end();
});

test('a deadlock is infrastructure', async () => {
  const bothHoldOne = Promise.withResolvers<void>();
  let holding = 0;
  const lockBoth = (first: number, second: number) =>
    database.transaction(async (tx) => {
      await tx.query('update pair set n = n + 1 where id = $1', [first]);
      holding += 1;
      if (holding === 2) bothHoldOne.resolve();
      await bothHoldOne.promise;
      await tx.query('update pair set n = n + 1 where id = $1', [second]);
    });
  const results = await Promise.allSettled([lockBoth(1, 2), lockBoth(2, 1)]);
  const errors = results.filter((result) => result.status === 'rejected').map((result) => result.reason);
  assert.deepEqual(errors.map(classify), ['infrastructure']);
});

test('a violated constraint is not', async () => {
  assert.equal(classify(await errorOf(database.query('insert into pair values (1, 0)'))), 'transient');
});
