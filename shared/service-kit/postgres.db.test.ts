import { match, ok, rejects, strictEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { TcpProxy } from '@conveyor/brokers/conformance/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { createLogger } from './logger.ts';
import { openPostgres, type Postgres } from './postgres.ts';

let server: TestDatabase;
let database: Postgres;

before(async () => {
  server = await createTestDatabase(['create table notes (note text primary key, n bigint default 7)']);
  database = openPostgres(server.url, 3, createLogger('test', 'silent'));
});
after(async () => {
  await database?.close();
  await server?.drop();
});

async function notes(): Promise<number> {
  return (await database.query('select note from notes')).rows.length;
}

test('what a transaction did is there after it, and nothing of it after an error', async () => {
  await database.transaction((tx) => tx.query('insert into notes (note) values ($1)', ['kept']));
  const failing = database.transaction(async (tx) => {
    await tx.query('insert into notes (note) values ($1)', ['lost']);
    throw new Error('on purpose');
  });
  await rejects(failing, /on purpose/);
  strictEqual(await notes(), 1);
});

test('a transaction whose failed statement was swallowed rejects: PostgreSQL rolled it back', async () => {
  const swallowing = database.transaction(async (tx) => {
    await tx.query('insert into notes (note) values ($1)', ['swallowed']);
    await tx.query('insert into notes (note) values ($1)', ['swallowed']).catch(() => {});
  });
  await rejects(swallowing, /ended with ROLLBACK/);
  strictEqual(await notes(), 1);
});

test('a lost connection fails the transaction and is replaced', async () => {
  const cut = database.transaction(async (tx) => {
    await tx.query('insert into notes (note) values ($1)', ['cut']);
    await server.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and datname = current_database()",
    );
    await tx.query('select 1');
  });
  await rejects(cut);
  strictEqual(await notes(), 1);
});

test('a server that falls silent is waited for half a minute, and not as long again for its rollback', async (t) => {
  const { hostname, port } = new URL(server.url);
  const proxy = await TcpProxy.open(hostname, Number(port));
  const url = new URL(server.url);
  url.port = String(proxy.port);
  const behind = openPostgres(url.href, 1, createLogger('test', 'silent'));
  t.after(async () => {
    await proxy.down();
    await behind.close();
  });
  const asked = Promise.withResolvers<void>();
  let isOver = false;
  const waited = behind
    .transaction(async (tx) => {
      proxy.freeze(true);
      t.mock.timers.enable({ apis: ['setTimeout'] });
      asked.resolve();
      await tx.query('select 1');
    })
    .catch((error: Error) => error)
    .finally(() => {
      isOver = true;
    });
  await asked.promise;
  for (const seconds of [30, 5]) {
    await setImmediate();
    t.mock.timers.tick(seconds * 1_000);
  }
  await setImmediate();
  ok(isOver, 'the transaction still waits');
  match(String(await waited), /timeout/);
});

test('bigint arrives as a number', async () => {
  const { rows } = await database.query<{ n: number }>('select n from notes');
  strictEqual(rows[0]?.n, 7);
});
