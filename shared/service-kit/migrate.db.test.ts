import { deepStrictEqual } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { createLogger } from './logger.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
let folder: string;

before(async () => {
  database = await createTestDatabase([]);
  folder = await mkdtemp(join(tmpdir(), 'conveyor-migrate-'));
  await writeFile(join(folder, '1_things.sql'), 'create table things (id bigint primary key);');
});
after(async () => {
  await database?.drop();
  await rm(folder, { recursive: true });
});

const chapters = ['outbox', 'inbox', 'dead-letters', 'event-store', 'saga'] as const;

function bringUp(): Promise<void> {
  return migrate(database.url, chapters, pathToFileURL(`${folder}/`), createLogger('test', 'silent'));
}

async function tables(): Promise<readonly string[]> {
  const { rows } = await database.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by name`,
  );
  return rows.map(({ name }) => name);
}

test('instances that start together make each table once', async () => {
  await Promise.all([bringUp(), bringUp(), bringUp()]);
  const made = await tables();
  for (const name of ['outbox', 'inbox', 'journal_outbox', 'dead_letters', 'streams', 'sagas', 'things'])
    deepStrictEqual([name, made.includes(name)], [name, true]);
});

test('an instance that starts while others write waits for none of them, and holds none up', {
  timeout: 30_000,
}, async () => {
  await database.transaction(async (tx) => {
    for (const table of [
      'outbox',
      'inbox',
      'journal_outbox',
      'retries',
      'dead_letters',
      'events',
      'sagas',
      'things',
    ])
      await tx.query(`lock table ${table} in row exclusive mode`);
    await bringUp();
  });
});

test('a schema that is another one by now is brought up', async () => {
  await database.query(`update schemas set sha256 = 'of a former release'`);
  await database.query('drop index outbox_waiting');
  await bringUp();
  const { rows } = await database.query(`select to_regclass('outbox_waiting') as index`);
  deepStrictEqual(rows, [{ index: 'outbox_waiting' }]);
});
