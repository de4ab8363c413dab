import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Client } from 'pg';
import { waitUntil } from './child.ts';
import { freePorts } from './free-ports.ts';
import type { Ports } from './ports.ts';
import { installedProducts, startServers } from './servers.ts';

// PostgreSQL stands for all of them: it is up in a second. What the tests are about is the same code for each.

const folder = () => mkdtemp(join(tmpdir(), 'conveyor-servers-'));

async function startPostgres(t: TestContext) {
  const [dir, ports] = [await folder(), await freePorts()];
  const servers = await startServers({ dir, ports, only: ['postgres'] });
  t.after(async () => {
    await servers.stop();
    await rm(dir, { recursive: true });
  });
  return { postgres: servers.postgres, ports };
}

async function query(ports: Ports, role: string, database: string, sql: string): Promise<unknown[]> {
  const client = new Client({
    connectionString: `postgres://${role}:${role}@127.0.0.1:${ports.postgres}/${database}`,
  });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('a server that is stopped and started again is on the same data and port', async (t) => {
  const { postgres, ports } = await startPostgres(t);
  await query(ports, 'conveyor_order', 'conveyor_order', 'create table kept (n int)');
  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    await postgres.stop(signal);
    assert.deepEqual([postgres.pid, await postgres.ready()], [undefined, false]);
    await postgres.start();
    assert.deepEqual(await query(ports, 'conveyor_order', 'conveyor_order', 'table kept'), []);
  }
  assert.equal(postgres.restarts, 0);
});

test('a server that dies unasked is started again', async (t) => {
  const { postgres, ports } = await startPostgres(t);
  process.kill(postgres.pid as number, 'SIGKILL');
  assert.ok(await waitUntil(async () => postgres.restarts === 1 && (await postgres.ready()), 30_000));
  assert.deepEqual(await query(ports, 'postgres', 'postgres', 'select 1 as one'), [{ one: 1 }]);
});

test('the version that a report names is the one that runs', async (t) => {
  const { ports } = await startPostgres(t);
  const [row] = await query(
    ports,
    'postgres',
    'postgres',
    'select current_setting($$server_version$$) as version',
  );
  const { version } = row as { version: string };
  assert.ok((await installedProducts()).includes(`PostgreSQL ${version}`), version);
});

test('no service can open the database of another', async (t) => {
  const { ports } = await startPostgres(t);
  await assert.rejects(
    query(ports, 'conveyor_order', 'conveyor_payment', 'select 1'),
    /permission denied for database "conveyor_payment"/,
  );
});

test('nothing is started when a port is taken', async (t) => {
  const [dir, ports] = [await folder(), await freePorts()];
  const other = createServer().listen(ports.postgres, '127.0.0.1');
  t.after(async () => {
    other.close();
    await rm(dir, { recursive: true });
  });
  await assert.rejects(startServers({ dir, ports, only: ['postgres'] }), /\(postgres\) is in use/);
});
