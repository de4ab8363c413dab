import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Progress } from './progress.ts';

/**
 * The state of a saga, locked until the transaction ends, so that of two messages at the same time the
 * second sees what the first one made of it. Undefined for a saga of which nothing is known yet: it is
 * locked as well.
 */
export async function lockSaga<State>(tx: Tx, id: string): Promise<State | undefined> {
  const known = await select<State>(tx, id, 'for update');
  if (known) return known.state ?? undefined;
  const { rowCount } = await tx.query(
    `insert into sagas (id, status) values ($1, 'running') on conflict do nothing`,
    [id],
  );
  if (rowCount === 1) return undefined;
  return (await select<State>(tx, id, 'for update'))?.state ?? undefined;
}

/** The same for looking, without a lock. */
export async function findSaga<State>(tx: Tx, id: string): Promise<State | undefined> {
  return (await select<State>(tx, id, ''))?.state ?? undefined;
}

async function select<State>(
  tx: Tx,
  id: string,
  lock: 'for update' | '',
): Promise<{ readonly state: State | null } | undefined> {
  const { rows } = await tx.query<{ readonly state: State | null }>(
    `select state from sagas where id = $1 ${lock}`,
    [id],
  );
  return rows[0];
}

export interface SagaToSave {
  /** With the id of a saga that this transaction has locked. */
  readonly state: { readonly id: string };
  readonly status: Progress['state'];
  /** From now until the saga is overdue; absent: it never will be. */
  readonly limitMs?: number;
  /** JSON: what a command takes over that is sent because of the time limit; its `broker` says where the replies come from. */
  readonly cause: object;
}

export async function saveSaga(tx: Tx, { state, status, limitMs, cause }: SagaToSave): Promise<void> {
  await tx.query(
    `update sagas set state = $2, status = $3, overdue_at = now() + make_interval(secs => $4::float8 / 1000),
       cause = $5, updated_at = now()
     where id = $1`,
    [state.id, JSON.stringify(state), status, limitMs ?? null, JSON.stringify(cause)],
  );
}

export interface OverdueSaga<State, Cause> {
  readonly state: State;
  readonly cause: Cause;
}

/**
 * Sagas whose time limit is over, the oldest first, locked until the transaction ends: of those whose replies come by `brokers`. Those
 * that another transaction holds are left to it: it may be about to save the reply.
 */
export async function lockOverdueSagas<State, Cause>(
  tx: Tx,
  brokers: readonly string[],
  atMost: number,
): Promise<readonly OverdueSaga<State, Cause>[]> {
  const { rows } = await tx.query<OverdueSaga<State, Cause>>(
    `select state, cause from sagas
     where overdue_at <= now() and cause ->> 'broker' = any($2) order by overdue_at limit $1 for update skip locked`,
    [atMost, brokers],
  );
  return rows;
}

/** How many sagas need a person: those that have come to their limit and could not be undone. Wants an index of the rows where `status` is `stuck`. */
export async function countStuckSagas(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ readonly stuck: number }>(
    `select count(*)::integer as stuck from sagas where status = 'stuck'`,
  );
  return rows[0]?.stuck ?? 0;
}

/**
 * Gives every saga that is timed, and whose replies come by `broker`, at least `ms` from now. For a process that begins to hear that broker:
 * what came before waits there, and has to be heard before anybody may say that it did not come.
 */
export async function postponeLimits(tx: Tx, broker: string, ms: number): Promise<void> {
  // All who do this at the same time lock the rows in the same order, so none waits for another that waits for it.
  await tx.query(
    `update sagas set overdue_at = now() + make_interval(secs => $1::float8 / 1000)
     where id in (
       select id from sagas
       where overdue_at < now() + make_interval(secs => $1::float8 / 1000) and cause ->> 'broker' = $2
       order by id for update
     )`,
    [ms, broker],
  );
}
