import type { Databases } from '@conveyor/e2e/databases';
import { countOf } from '@conveyor/e2e/what-waits';
import { family, processes } from '@conveyor/local/processes';
import { databaseOf, type Stack, serviceNames } from '@conveyor/local/stack';

/** What may pile up while orders go by. */
export interface State {
  /** Resident memory of each service, in MiB. */
  readonly memory: Readonly<Record<string, number>>;
  /** Of all services together, the flight recorder's too. */
  readonly outboxes: Rows;
  readonly inboxes: Rows;
}

interface Rows {
  /** Those that are there, counted. */
  readonly live: number;
  /** Deleted, and still there for PostgreSQL to step over, as it estimates them. */
  readonly dead: number;
}

export async function stateOf(stack: Stack, databases: Databases): Promise<State> {
  const waitingIn = (table: 'outbox' | 'journal_outbox') =>
    countOf(databases, `select count(*)::int as count from ${table} where parked_at is null`);
  return {
    memory: await memoryOf(stack),
    outboxes: {
      live: (await waitingIn('outbox')) + (await waitingIn('journal_outbox')),
      dead: await deadRowsIn(['outbox', 'journal_outbox'], databases),
    },
    inboxes: {
      live: await countOf(databases, 'select count(*)::int as count from inbox'),
      dead: await deadRowsIn(['inbox'], databases),
    },
  };
}

async function memoryOf({ services }: Stack): Promise<State['memory']> {
  const all = await processes();
  return Object.fromEntries(
    Object.entries(services).map(([name, { pid }]) => {
      const own = pid === undefined ? [] : family(pid, all);
      return [name, sum(own.map(({ memory }) => memory)) / 2 ** 20];
    }),
  );
}

async function deadRowsIn(tables: readonly string[], databases: Databases): Promise<number> {
  const estimated = await Promise.all(
    serviceNames.map((name) =>
      databases.query<{ dead: number }>(
        databaseOf(name),
        'select coalesce(sum(n_dead_tup), 0)::float8 as dead from pg_stat_user_tables where relname = any($1)',
        [tables],
      ),
    ),
  );
  return sum(estimated.flat().map(({ dead }) => dead));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
