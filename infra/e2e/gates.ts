import { ok } from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { eventually } from '@conveyor/testing/eventually';
import pg from 'pg';

/** A point in a service's work, named by what it does to one of its tables there. */
export interface Place {
  readonly database: string;
  readonly table: string;
  readonly on: 'insert' | 'update' | 'delete' | 'select';
  /** SQL: which rows, by `new` (not for `delete` and `select`). Absent: all. */
  readonly when?: string;
  /** `commit`: not at the statement but when its transaction commits, with everything done but that. */
  readonly at?: 'commit';
  /** Whether all wait who come, or only the first while the others pass. Default `all`; each holds a connection. */
  readonly holds?: 'all' | 'first';
}

/** Holds whoever comes to a place, so that a test can act at exactly that moment, without any sleeping. */
export interface Gate {
  /** Resolves once somebody stands before it, or so many. */
  reached(count?: number): Promise<void>;
  /** Lets them pass, also those who come later, and resolves once all who stood before it have got as far as they can. */
  open(): Promise<void>;
  /**
   * Ends the connections of all who stand before it, so that nothing of what they came to do is done. A server goes on with the
   * statement of a client that has died, and commits it if nothing else belongs to it: whoever kills a client before a gate turns it
   * away, too, or it has only died after all. Those who come later still wait.
   */
  turnAway(): Promise<void>;
  /** Leaves the database as it was. To be called when nobody can stand before it any more; opens it if need be. */
  remove(): Promise<void>;
}

/**
 * The service knows nothing of it: the statement it sends simply takes long. On the server it waits for a lock
 * that the test holds, in a trigger or, for `select`, in a row security policy.
 */
export async function closeGate(postgresUrl: string, place: Place): Promise<Gate> {
  const url = new URL(postgresUrl);
  url.pathname = `/${place.database}`;
  const keeper = new pg.Client({ connectionString: url.href });
  await keeper.connect();
  const key = randomInt(1, 2 ** 31);
  const name = `gate_${key}`;
  await keeper.query(`select pg_advisory_lock(${key})`);
  for (const statement of place.on === 'select' ? policy(name, key, place) : trigger(name, key, place)) {
    await keeper.query(statement);
  }
  let isOpen = false;

  /** The server's processes that wait before the gate. */
  async function waiting(): Promise<number[]> {
    const { rows } = await keeper.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and objid = $1 and classid = 0 and not granted`,
      [key],
    );
    return rows.map(({ pid }) => pid);
  }

  /** Resolves once none of them is at work. */
  async function untilIdle(pids: readonly number[]): Promise<void> {
    await eventually(async () => {
      const { rowCount } = await keeper.query(
        `select from pg_stat_activity where pid = any($1) and state = 'active'`,
        [pids],
      );
      ok(rowCount === 0);
    });
  }

  async function open(): Promise<void> {
    if (isOpen) return;
    isOpen = true;
    const pids = await waiting();
    await keeper.query(`select pg_advisory_unlock(${key})`);
    await untilIdle(pids);
  }

  return {
    open,
    async turnAway() {
      const pids = await waiting();
      await keeper.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids]);
      await untilIdle(pids);
    },
    reached: (count = 1) =>
      eventually(async () => ok((await waiting()).length >= count, `nobody comes to ${describe(place)}`), {
        timeoutMs: 30_000,
      }),
    async remove() {
      await open();
      await keeper.query(`drop function ${name} cascade`);
      if (place.on === 'select') {
        for (const command of writes) await keeper.query(`drop policy ${name}_${command} on ${place.table}`);
        await keeper.query(`alter table ${place.table} no force row level security`);
        await keeper.query(`alter table ${place.table} disable row level security`);
      }
      await keeper.end();
    },
  };
}

function describe({ database, table, on, when, at }: Place): string {
  return `${on} on ${database}.${table}${when ? ` when ${when}` : ''}${at ? ` at ${at}` : ''}`;
}

const writes = ['insert', 'update', 'delete'];

/** Who is first holds a lock of its own until its transaction ends, and so keeps the others from being it. */
function pass(key: number, { holds = 'all' }: Place): string {
  const wait = `perform pg_advisory_lock_shared(${key}); perform pg_advisory_unlock_shared(${key});`;
  return holds === 'all' ? wait : `if pg_try_advisory_xact_lock(1, ${key}) then ${wait} end if;`;
}

function trigger(name: string, key: number, place: Place): readonly string[] {
  const { table, on, when, at } = place;
  const condition = when ? `when (${when})` : '';
  return [
    `create function ${name}() returns trigger language plpgsql as
     $$ begin ${pass(key, place)} return coalesce(new, old); end $$`,
    at === 'commit'
      ? `create constraint trigger ${name} after ${on} on ${table} deferrable initially deferred
         for each row ${condition} execute function ${name}()`
      : `create trigger ${name} before ${on} on ${table} for each row ${condition} execute function ${name}()`,
  ];
}

/** Forced, because a service owns its tables, and owners are exempt. */
function policy(name: string, key: number, place: Place): readonly string[] {
  const { table } = place;
  return [
    `create function ${name}() returns boolean language plpgsql as
     $$ begin ${pass(key, place)} return true; end $$`,
    `create policy ${name} on ${table} for select using (${name}())`,
    ...writes.map(
      (command) =>
        `create policy ${name}_${command} on ${table} for ${command} ${command === 'insert' ? 'with check' : 'using'} (true)`,
    ),
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
  ];
}
