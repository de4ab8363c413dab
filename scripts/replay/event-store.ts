import { eventId } from '../../shared/patterns/08-event-sourcing/event-id.ts';
import type { StoredEvent } from '../../shared/patterns/08-event-sourcing/event-store.ts';
import type { Snapshot } from '../../shared/patterns/08-event-sourcing/snapshots.ts';
import { createLogger } from '../../shared/service-kit/logger.ts';
import { openPostgres } from '../../shared/service-kit/postgres.ts';

/** A stream as it lies in the tables of the order service. */
export interface StoredStream {
  readonly orderId: string;
  /** That the stream says it has. */
  readonly version: number;
  /** Oldest first. */
  readonly events: readonly StoredEvent[];
  /** From which it is loaded. */
  readonly snapshot: Pick<Snapshot, 'version' | 'schemaVersion' | 'state'> | null;
}

/** The order service's event store, for looking only. */
export interface EventStore {
  /** How many orders there are. */
  count(): Promise<number>;
  /** All orders by id, in pages. An order that begins meanwhile may be in it or not. */
  pages(): AsyncIterable<readonly StoredStream[]>;
  /** Those of `orderIds` that there are. */
  streams(orderIds: readonly string[]): Promise<readonly StoredStream[]>;
  /** Of each order the versions whose messages have still to leave for Kafka. */
  onTheirWay(orderIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<number>>>;
  close(): Promise<void>;
}

const pageSize = 500;

export function openEventStore(url: string): EventStore {
  const db = openPostgres(url, 2, createLogger('replay', 'silent'));

  async function streams(orderIds: readonly string[]): Promise<readonly StoredStream[]> {
    const { rows } = await db.query<Omit<StoredStream, 'events'> & { readonly events: readonly Row[] }>(
      selectStreams,
      [orderIds],
    );
    return rows.map(({ events, ...stream }) => ({ ...stream, events: events.map(toEvent) }));
  }

  return {
    streams,
    async count() {
      const { rows } = await db.query<{ count: number }>('select count(*) as count from streams');
      return rows[0]?.count ?? 0;
    },
    async *pages() {
      for (let last = ''; ; ) {
        const { rows } = await db.query<{ id: string }>(
          'select stream_id as id from streams where stream_id > $1 order by stream_id limit $2',
          [last, pageSize],
        );
        if (rows.length === 0) return;
        last = rows.at(-1)?.id ?? '';
        yield await streams(rows.map(({ id }) => id));
      }
    },
    async onTheirWay(orderIds) {
      const { rows } = await db.query<{ orderId: string; id: string; version: number }>(selectWaiting, [
        orderIds,
      ]);
      const ours = rows.filter(({ orderId, id, version }) => id === eventId('order', orderId, version));
      const byOrder = Map.groupBy(ours, ({ orderId }) => orderId);
      return new Map(
        [...byOrder].map(([orderId, waiting]) => [orderId, new Set(waiting.map(({ version }) => version))]),
      );
    },
    close: () => db.close(),
  };
}

/** Times come as JSON writes them. */
type Row = Omit<StoredEvent, 'recordedAt'> & { readonly recordedAt: string };

function toEvent({ recordedAt, ...event }: Row): StoredEvent {
  return { ...event, recordedAt: new Date(recordedAt) };
}

const selectStreams = `
  select stream_id as "orderId", version,
         coalesce((select json_agg(json_build_object(
                     'version', version, 'type', type, 'schemaVersion', schema_version,
                     'data', data, 'metadata', metadata, 'recordedAt', recorded_at) order by version)
                   from events where events.stream_id = streams.stream_id), '[]') as events,
         (select json_build_object('version', version, 'schemaVersion', schema_version, 'state', state)
          from snapshots where snapshots.stream_id = streams.stream_id) as snapshot
  from streams where stream_id = any($1::text[]) order by stream_id`;

/** Joined with the events, since a message does not say its version outside its body. Parked ones are on no way. */
const selectWaiting = `
  select ordering_key as "orderId", message_id as id, events.version
  from outbox join events on stream_id = ordering_key and events.type = attributes ->> 'type'
  where broker = 'kafka' and parked_at is null and ordering_key = any($1::text[])`;
