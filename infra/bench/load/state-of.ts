import type { Databases } from '@conveyor/e2e/databases';
import { family, processes } from '@conveyor/local/processes';
import { databaseOf, type Stack, serviceNames } from '@conveyor/local/stack';

/** What may pile up while orders go by. */
export interface State {
  /** Resident memory of all services, in MiB. */
  readonly memory: number;
  readonly outboxes: Rows;
  readonly inboxes: Rows;
}

/** Of tables of all services together, as PostgreSQL counts them. */
interface Rows {
  readonly live: number;
  /** Deleted, and still there for PostgreSQL to step over. */
  readonly dead: number;
}

export async function stateOf(stack: Stack, databases: Databases): Promise<State> {
  const all = await processes();
  const bytes = Object.values(stack.services).flatMap(({ pid }) =>
    pid === undefined ? [] : family(pid, all).map(({ memory }) => memory),
  );
  return {
    memory: sum(bytes) / 2 ** 20,
    outboxes: await rowsOf(databases, ['outbox', 'journal_outbox']),
    inboxes: await rowsOf(databases, ['inbox']),
  };
}

async function rowsOf(databases: Databases, tables: readonly string[]): Promise<Rows> {
  const counted = await Promise.all(
    serviceNames.map((name) =>
      databases.query<Rows>(
        databaseOf(name),
        `select coalesce(sum(n_live_tup), 0)::float8 as live, coalesce(sum(n_dead_tup), 0)::float8 as dead
         from pg_stat_user_tables where relname = any($1)`,
        [tables],
      ),
    ),
  );
  const rows = counted.flat();
  return { live: sum(rows.map(({ live }) => live)), dead: sum(rows.map(({ dead }) => dead)) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
