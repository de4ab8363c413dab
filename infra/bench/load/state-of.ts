import type { Databases } from '@conveyor/e2e/databases';
import { family, processes } from '@conveyor/local/processes';
import { type Stack, serviceNames } from '@conveyor/local/stack';

/** What may pile up while orders go by. */
export interface State {
  /** Resident memory of all services, in MiB. */
  readonly memory: number;
  /** Rows of all outboxes that are deleted, and still there for PostgreSQL to step over. */
  readonly deadRows: number;
}

export async function stateOf(stack: Stack, databases: Databases): Promise<State> {
  const all = await processes();
  const bytes = Object.values(stack.services).flatMap(({ pid }) =>
    pid === undefined ? [] : family(pid, all).map(({ memory }) => memory),
  );
  const dead = await Promise.all(
    serviceNames.map((name) =>
      databases.query<{ dead: number }>(
        `conveyor_${name.replaceAll('-', '_')}`,
        `select coalesce(sum(n_dead_tup), 0)::float8 as dead from pg_stat_user_tables
         where relname in ('outbox', 'journal_outbox')`,
      ),
    ),
  );
  return {
    memory: bytes.reduce((sum, each) => sum + each, 0) / 2 ** 20,
    deadRows: dead.flat().reduce((sum, row) => sum + row.dead, 0),
  };
}
