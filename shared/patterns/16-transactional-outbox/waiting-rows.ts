import type { Attributes, BrokerName, OutgoingMessage } from '@conveyor/brokers';
import type { RelaySource, WaitingMessage } from './relay-source.ts';
import type { Tx } from './tx.ts';

/** The table `outbox`: one message per row. To send a parked one again: `update outbox set parked_at = null …`. */
export const outbox: RelaySource = {
  name: 'outbox',
  select: selectWaiting,
  async remove(tx, sent) {
    await tx.query('delete from outbox where id = any($1::bigint[])', [sent.flatMap(({ ids }) => ids)]);
  },
  async park(tx, unroutable) {
    await tx.query(
      `update outbox set parked_at = now(), parked_reason = unroutable.reason
       from unnest($1::bigint[], $2::text[]) as unroutable (id, reason) where outbox.id = unroutable.id`,
      [unroutable.map(({ waiting }) => waiting.ids[0]), unroutable.map(({ reason }) => reason)],
    );
  },
};

/** The rows of `broker` with the lowest ids, at most `limit`. */
export async function selectWaiting(
  tx: Tx,
  broker: BrokerName,
  limit: number,
): Promise<readonly WaitingMessage[]> {
  const { rows } = await tx.query<StoredRow>(
    `select id, channel, routing_key, ordering_key, attributes, headers, body, priority,
            (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as age_ms
     from outbox where broker between $1 and $1 and parked_at is null order by broker, id limit $2`,
    [broker, limit],
  );
  return rows.map((row) => ({ ids: [row.id], ageMs: row.age_ms, message: toMessage(row) }));
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
