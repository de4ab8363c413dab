import type { Attributes, BrokerName, OutgoingMessage } from '@conveyor/brokers';
import type { Tx } from './tx.ts';

/** A row of the outbox as the relay works with it. */
export interface WaitingRow {
  /** A bigint, as text: it is only ever handed back. */
  readonly id: string;
  /** Since the row was written, in ms, by the database's clock. */
  readonly ageMs: number;
  readonly message: OutgoingMessage;
}

/**
 * The rows of `broker` with the lowest ids, at most `limit`.
 *
 * Always from the beginning, never "id > the last one seen": ids are given before the commit, so a
 * lower one may become visible after a higher one, and a page that has moved on would lose it. It
 * also means that a batch holds everything that waits before its last row, so no message can
 * overtake an earlier one of its key, whatever the limit.
 */
export async function selectWaiting(
  tx: Tx,
  broker: BrokerName,
  limit: number,
): Promise<readonly WaitingRow[]> {
  const { rows } = await tx.query<StoredRow>(
    `select id, channel, routing_key, ordering_key, attributes, headers, body, priority,
            (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as age_ms
     from outbox where broker = $1 and parked_at is null order by id limit $2`,
    [broker, limit],
  );
  return rows.map((row) => ({ id: row.id, ageMs: row.age_ms, message: toMessage(row) }));
}

export async function deleteSent(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query('delete from outbox where id = any($1::bigint[])', [ids]);
}

/** Takes rows out of the relay's way without losing them. To send one again: `update outbox set parked_at = null …`. */
export async function park(
  tx: Tx,
  rows: readonly { readonly id: string; readonly reason: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `update outbox set parked_at = now(), parked_reason = unroutable.reason
     from unnest($1::bigint[], $2::text[]) as unroutable (id, reason) where outbox.id = unroutable.id`,
    [rows.map((row) => row.id), rows.map((row) => row.reason)],
  );
}

interface StoredRow {
  readonly id: string;
  readonly channel: string;
  readonly routing_key: string;
  readonly ordering_key: string;
  readonly attributes: Attributes;
  readonly headers: Attributes | null;
  readonly body: Buffer;
  readonly priority: number | null;
  readonly age_ms: number;
}

function toMessage(row: StoredRow): OutgoingMessage {
  return {
    address: { channel: row.channel, key: row.routing_key },
    orderingKey: row.ordering_key,
    attributes: row.attributes,
    ...(row.headers && { headers: row.headers }),
    body: row.body,
    ...(row.priority !== null && { priority: row.priority }),
  };
}
