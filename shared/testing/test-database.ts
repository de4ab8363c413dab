import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { eventually } from './eventually.ts';
import { serverUrl } from './server-url.ts';

interface Queryable {
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}

/** A connection as a relay needs it, and as a test may kill it. */
export interface TestConnection extends Queryable {
  /** The server's process for it, for `pg_terminate_backend`. */
  readonly processId: number;
  onNotification(listener: () => void): void;
  onLost(listener: (error: Error) => void): void;
  close(): Promise<void>;
}

/** A database for one test file: `Database` and `Tx` of the patterns, on a real server. */
export interface TestDatabase extends Queryable {
  readonly url: string;
  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result>;
  /** Opens a dedicated connection, as `connect` of a relay. */
  connect(): Promise<TestConnection>;
  /** Resolves once so many transactions wait for another one's lock: the moment that a race is about. Rejects after 10 s. */
  blocked(count: number): Promise<void>;
  /** Ends every connection and removes the database. */
  drop(): Promise<void>;
}

/**
 * Makes a database of its own on the server at `POSTGRES_URL` (a superuser's) and runs `schemas`, SQL texts, in it.
 *
 * Rejects when the server does not answer.
 */
export async function createTestDatabase(schemas: readonly string[]): Promise<TestDatabase> {
  const server = serverUrl('POSTGRES_URL');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asSuperuser(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;

  const pool = new pg.Pool({ connectionString: url.href, max: 20 });
  // Tests kill connections; without a listener that would end the test process.
  pool.on('error', () => {});
  for (const schema of schemas) await pool.query(schema);

  return {
    url: url.href,
    query: (text, values = []) => pool.query(text, [...values]),
    transaction: (work) => inTransaction(pool, work),
    connect: () => openConnection(url.href),
    blocked: (count) =>
      eventually(async () => {
        const { rowCount } = await pool.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        assert.equal(rowCount, count);
      }),
    async drop() {
      await pool.end();
      await asSuperuser(server, `drop database ${name} with (force)`);
    },
  };
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function inTransaction<Result>(
  pool: pg.Pool,
  work: (tx: Queryable) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  client.on('error', ignore);
  let broken = false;
  try {
    await client.query('begin');
    const result = await work({ query: (text, values = []) => client.query(text, [...values]) });
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

function ignore(): void {}

async function openConnection(url: string): Promise<TestConnection> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', ignore);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return {
    processId: rows[0]?.pid ?? 0,
    query: (text, values = []) => client.query(text, [...values]),
    onNotification: (listener) => {
      client.on('notification', () => listener());
    },
    onLost: (listener) => {
      client.on('error', listener);
      client.on('end', () => listener(new Error('The connection has ended')));
    },
    close: () => client.end(),
  };
}
