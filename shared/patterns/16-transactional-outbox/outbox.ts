import type { BrokerName, OutgoingMessage } from '@conveyor/brokers';
import type { Tx } from './tx.ts';

/** A message that waits in the table `outbox` for the relay of its broker. */
export interface OutboxRow {
  readonly broker: BrokerName;
  /**
   * Its attribute `id` must be a UUID. Without `reply` and `transient`: those are for questions
   * that may be lost, which do not belong in an outbox.
   */
  readonly message: OutgoingMessage;
}

/**
 * Writes messages beside the state that they tell of: both are committed or neither is. One
 * statement, ids in the order of `rows`; no round trip when there are none.
 *
 * The relay sends in the order of ids, and a sequence hands out ids before the commit. So lock the
 * row that the messages are about (the order, the stock item) before calling this: then of two
 * transactions on one key the later one also gets the higher ids.
 *
 * @throws TypeError for a message with `reply` or `transient`; the driver's error when an id is no UUID.
 */
export async function appendToOutbox(tx: Tx, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  const messages = rows.map((row) => row.message);
  if (messages.some((message) => message.reply || message.transient)) {
    throw new TypeError(
      'A message with `reply` or `transient` cannot wait in an outbox: publish it directly',
    );
  }
  await tx.query(insert, [
    messages.map((message) => message.attributes.id),
    rows.map((row) => row.broker),
    messages.map((message) => message.address.channel),
    messages.map((message) => message.address.key),
    messages.map((message) => message.orderingKey),
    messages.map((message) => JSON.stringify(message.attributes)),
    messages.map((message) => (message.headers ? JSON.stringify(message.headers) : null)),
    messages.map((message) => message.body),
    messages.map((message) => message.priority ?? null),
  ]);
}

const insert = `
  insert into outbox (message_id, broker, channel, routing_key, ordering_key, attributes, headers, body, priority)
  select message_id, broker, channel, routing_key, ordering_key, attributes, headers, body, priority
  from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::bytea[], $9::smallint[])
    with ordinality as given (message_id, broker, channel, routing_key, ordering_key, attributes, headers, body, priority, position)
  order by position`;
