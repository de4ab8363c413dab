import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

export interface NewEvent {
  /** In the past tense, for example `order.paid`. */
  readonly type: string;
  /** The version of the shape of `data`; 1 if absent. */
  readonly schemaVersion?: number;
  /** JSON. */
  readonly data: object;
  /** What is not part of the fact: who, because of which message, under which trace. JSON. */
  readonly metadata?: object;
  /** When it happened, to the millisecond, if its messages are to say the same; else the database's time. */
  readonly recordedAt?: Date;
}

export interface StoredEvent {
  /** Its place in the stream: 1, 2, 3, … without gaps. */
  readonly version: number;
  readonly type: string;
  readonly schemaVersion: number;
  /** As it was written, perhaps by an older release, in version `schemaVersion`: upcast it before use. */
  readonly data: unknown;
  readonly metadata: unknown;
  readonly recordedAt: Date;
}

export interface Stream {
  /** That of its last event; 0 when there is none. */
  readonly version: number;
  readonly events: readonly StoredEvent[];
}

/**
 * Somebody else has appended since the stream was read. Read again, decide again: the decision was
 * made on a state that is no more. Counts as infrastructure, so it is repeated and costs no try.
 */
export class VersionConflict extends InfrastructureFault {
  readonly streamId: string;
  readonly expected: number;
  /** Undefined when there is no such stream. */
  readonly actual: number | undefined;

  constructor(streamId: string, expected: number, actual: number | undefined) {
    super('version-conflict', `Stream ${streamId} is at version ${actual ?? 'none'}, not ${expected}`);
    this.streamId = streamId;
    this.expected = expected;
    this.actual = actual;
  }
}

/**
 * Appends to a stream that must be at `expectedVersion` (0: it must not exist yet), and returns its
 * new version. Of two writers that expect the same version one waits for the other's commit and
 * then fails; no isolation level above READ COMMITTED is needed. One statement; none without events.
 *
 * The stream's row stays locked until the end of the transaction, so outbox rows written after this
 * are in commit order.
 *
 * @throws VersionConflict
 */
export async function appendToStream(
  tx: Tx,
  streamId: string,
  expectedVersion: number,
  events: readonly NewEvent[],
): Promise<number> {
  if (events.length === 0) return expectedVersion;
  const newVersion = expectedVersion + events.length;
  const { rowCount } = await tx.query(expectedVersion === 0 ? begin : extend, [
    streamId,
    expectedVersion,
    newVersion,
    events.map((event) => event.type),
    events.map((event) => event.schemaVersion ?? 1),
    events.map((event) => JSON.stringify(event.data)),
    events.map((event) => JSON.stringify(event.metadata ?? {})),
    events.map((event) => event.recordedAt ?? null),
  ]);
  if (rowCount === events.length) return newVersion;
  const { rows } = await tx.query<{ version: number }>('select version from streams where stream_id = $1', [
    streamId,
  ]);
  throw new VersionConflict(streamId, expectedVersion, rows[0]?.version);
}

const insertEvents = `
  insert into events (stream_id, version, type, schema_version, data, metadata, recorded_at)
  select stream.stream_id, $2::integer + given.position, given.type, given.schema_version, given.data, given.metadata,
         coalesce(given.recorded_at, now())
  from stream, unnest($4::text[], $5::integer[], $6::jsonb[], $7::jsonb[], $8::timestamptz[])
    with ordinality as given (type, schema_version, data, metadata, recorded_at, position)`;

const begin = `
  with stream as (
    insert into streams (stream_id, version) values ($1, $3) on conflict do nothing returning stream_id
  ) ${insertEvents}`;

const extend = `
  with stream as (
    update streams set version = $3 where stream_id = $1 and version = $2::integer returning stream_id
  ) ${insertEvents}`;

/**
 * The whole stream, oldest event first. With `lock` no other transaction can append until this one
 * ends: for handlers that would rather wait than repeat. A stream that does not exist cannot be
 * locked; of two that begin it the later gets a {@link VersionConflict}.
 */
export async function readStream(
  tx: Tx,
  streamId: string,
  options: { readonly lock?: boolean } = {},
): Promise<Stream> {
  if (options.lock) await lockStream(tx, streamId);
  const { rows } = await tx.query<StoredEvent>(
    `select version, type, schema_version as "schemaVersion", data, metadata, recorded_at as "recordedAt"
     from events where stream_id = $1 order by version`,
    [streamId],
  );
  return { version: rows.at(-1)?.version ?? 0, events: rows };
}

/**
 * Waits until no other transaction holds the stream, and holds it to the end of this one. A statement of its own: what the
 * wait let another transaction commit is visible only to a statement that begins after it.
 */
export async function lockStream(tx: Tx, streamId: string): Promise<void> {
  await tx.query('select from streams where stream_id = $1 for update', [streamId]);
}
