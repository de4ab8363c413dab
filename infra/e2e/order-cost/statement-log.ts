import { open, stat } from 'node:fs/promises';
import type { Stack } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import pg from 'pg';
import { type LoggedStatement, linePrefix, parseLog } from './parse-log.ts';

/** Every statement that the services send, from PostgreSQL's own log. */
export interface StatementLog {
  /** A moment, to be handed to `between`. */
  now(): Promise<number>;
  /** The statements of the services from one moment to another, or until now. */
  between(from: number, to?: number): Promise<readonly LoggedStatement[]>;
  /** Statements are logged no more. */
  close(): Promise<void>;
}

/** Lets PostgreSQL log every statement, until it is closed. */
export async function openStatementLog({ env, servers }: Stack): Promise<StatementLog> {
  const { log } = servers.postgres;
  const client = new pg.Client({ connectionString: env.POSTGRES_URL });
  await client.connect();
  const set = async (...settings: readonly string[]) => {
    for (const setting of settings) await client.query(`alter system ${setting}`);
    await client.query('select pg_reload_conf()');
  };
  const now = async () => (await stat(log)).size;
  const between = async (from: number, to?: number) => {
    const end = to ?? (await now());
    const file = await open(log);
    try {
      const buffer = Buffer.alloc(end - from);
      await file.read(buffer, 0, buffer.length, from);
      return parseLog(buffer.toString()).filter(({ role }) => role.startsWith('conveyor_'));
    } finally {
      await file.close();
    }
  };

  const start = await now();
  await set(`set log_line_prefix = '${linePrefix}'`, `set log_statement = 'all'`);
  // A connection hears of it before its next statement: relays look every five seconds.
  await eventually(async () => {
    if ((await between(start)).length === 0) throw new Error('nothing is logged yet');
  });
  return {
    now,
    between,
    async close() {
      await set('reset log_statement', 'reset log_line_prefix');
      await client.end();
    },
  };
}
