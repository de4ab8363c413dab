import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { lockStream, type StoredEvent } from './event-store.ts';

/** A state as it was after `version` events of its stream. */
export interface Snapshot {
  readonly version: number;
  /** Of the shape of `state`. */
  readonly schemaVersion: number;
  /** JSON. */
  readonly state: object;
  readonly takenAt: Date;
  /** True: nothing will follow, so it may be archived after a while. */
  readonly closed: boolean;
}

/** A stream read from its snapshot on. */
export interface StreamTail {
  /** Undefined: there is none of this shape, and `events` is the whole stream. */
  readonly snapshot?: Pick<Snapshot, 'version' | 'state'>;
  /** Those after the snapshot, oldest first. */
  readonly events: readonly StoredEvent[];
}

/** Whether another snapshot is due when a stream grows from version `before` to `after`: at every multiple of `every`. */
export function isDue(every: number, before: number, after: number): boolean {
  return Math.floor(after / every) > Math.floor(before / every);
}

/** Keeps the snapshot of a stream, in the transaction that appended its last event. It replaces the one before. One statement. */
export async function keepSnapshot(tx: Tx, streamId: string, snapshot: Snapshot): Promise<void> {
  const { version, schemaVersion, state, takenAt, closed } = snapshot;
  await tx.query(
    `insert into snapshots (stream_id, version, schema_version, state, taken_at, closed)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (stream_id) do update
       set version = excluded.version, schema_version = excluded.schema_version, state = excluded.state,
           taken_at = excluded.taken_at, closed = excluded.closed`,
    [streamId, version, schemaVersion, JSON.stringify(state), takenAt, closed],
  );
}

/**
 * A stream's snapshot and what came after it, in one statement; the whole stream if there is no snapshot whose shape is
 * in `schemaVersion`. With `lock` as {@link readStream}.
 */
export async function readTail(
  tx: Tx,
  streamId: string,
  schemaVersion: number,
  options: { readonly lock?: boolean } = {},
): Promise<StreamTail> {
  if (options.lock) await lockStream(tx, streamId);
  const { rows } = await tx.query<StoredEvent & { readonly isSnapshot: boolean }>(snapshotAndTail, [
    streamId,
    schemaVersion,
  ]);
  const [first] = rows;
  if (!first?.isSnapshot) return { events: rows };
  return { snapshot: { version: first.version, state: first.data as object }, events: rows.slice(1) };
}

const snapshotAndTail = `
  with snapshot as (
    select version, state, taken_at from snapshots where stream_id = $1 and schema_version = $2::integer
  )
  select true as "isSnapshot", version, '' as type, $2::integer as "schemaVersion", state as data,
         '{}'::jsonb as metadata, taken_at as "recordedAt"
  from snapshot
  union all
  select false, version, type, schema_version, data, metadata, recorded_at
  from events where stream_id = $1 and version > coalesce((select version from snapshot), 0)
  order by version`;

/**
 * Deletes the closed snapshots that were taken before `time`, at most `limit`, and answers the ids of their streams:
 * whoever was told of them is to be told of that, in the same transaction. The streams stay.
 */
export async function archiveSnapshots(tx: Tx, time: Date, limit: number): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `delete from snapshots where stream_id in (
       select stream_id from snapshots where closed and taken_at < $1
       order by taken_at limit $2 for update skip locked)
     returning stream_id as id`,
    [time, limit],
  );
  return rows.map(({ id }) => id);
}
