import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import pg from 'pg';
import type { Logger } from './logger.ts';
import { inStatementSpan, inTransactionSpan } from './telemetry/statement-spans.ts';

/** A service's own database: transactions for changes, single statements for looking. */
export interface Postgres extends Database, Tx {
  check(): Promise<void>;
  close(): Promise<void>;
}

/** bigint holds amounts and counts here, all below 2^53, so they may be numbers. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format),
};

/**
 * Prepared once per connection under a name of its own: PostgreSQL then parses and plans a statement once.
 * So no statement may say `select *`: a column that is added while we run would make it fail.
 */
const statementNames = new Map<string, string>();

function named(text: string, values: readonly unknown[]): pg.QueryConfig {
  let name = statementNames.get(text);
  if (!name) {
    name = `s${statementNames.size}`;
    statementNames.set(text, name);
  }
  return { name, text, values: [...values] };
}

function queryable(database: string, client: pg.Pool | pg.PoolClient): Tx {
  return {
    query: (text, values = []) => inStatementSpan(database, text, () => client.query(named(text, values))),
  };
}

/**
 * Whoever waits for a transaction has mostly waited for a statement already that was not answered in time. A server that does not
 * answer to this either rolls back when its connection is closed.
 */
const rollback = { text: 'rollback', query_timeout: 5_000 };

/** A pool of connections that outlives restarts of the server: a broken connection is replaced on next use. */
export function openPostgres(url: string, poolSize: number, log: Logger): Postgres {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    types,
    connectionTimeoutMillis: 5_000,
    // A server that vanished without closing its connections would otherwise be waited for for ever.
    query_timeout: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // A process that hangs in the middle of a transaction must not hold its locks for ever.
    idle_in_transaction_session_timeout: 30_000,
  });
  const name = new URL(url).pathname.slice(1);
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'));

  return {
    ...queryable(name, pool),
    transaction: (work) => inTransactionSpan(name, () => transaction(work)),
    async check() {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };

  async function transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const client = await pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    client.on('error', onError);
    try {
      await client.query('begin');
      const result = await work(queryable(name, client));
      const { command } = await inStatementSpan(name, 'commit', () => client.query('commit'));
      // PostgreSQL rolls a transaction back in which a statement failed, and reports that as a success.
      if (command !== 'COMMIT') throw new Error(`the transaction ended with ${command}`);
      return result;
    } catch (error) {
      await client.query(rollback).catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }
}
