import type { Publisher } from '@conveyor/brokers';
import type { OutboxRow } from './outbox.ts';
import type { RelaySource } from './relay-source.ts';
import type { Database, Tx } from './tx.ts';
import { outbox } from './waiting-rows.ts';

/** Changes the state that a message tells of. */
export type Change = (tx: Tx) => Promise<void>;

/**
 * BUG: dual write. The state is committed, then the message is sent, as snippets on CQRS have it. A process that dies in
 * between leaves an order of which nobody will ever hear.
 */
export async function insertThenPublish(
  database: Database,
  publisher: Publisher,
  change: Change,
  row: OutboxRow,
): Promise<void> {
  await database.transaction(change);
  await publisher.publish([row.message]);
}

/**
 * BUG: ghost message. "Then send it first": now nothing is lost, but when the process dies or the transaction is rolled back, all the
 * others have heard of an order that does not exist.
 */
export async function publishThenInsert(
  database: Database,
  publisher: Publisher,
  change: Change,
  row: OutboxRow,
): Promise<void> {
  await publisher.publish([row.message]);
  await database.transaction(change);
}

/**
 * BUG: outbox paged by id > last. "What has been read need not be read again": but ids are given before the commit. A
 * transaction that took a low id and commits late is behind the page that has moved on, and its message is never sent.
 */
export function pagedByLastId(): RelaySource {
  let last = 0n;
  return {
    ...outbox,
    async select(tx, broker, limit) {
      const all = await outbox.select(tx, broker, limit);
      const page = all.filter(({ ids }) => ids.every((id) => BigInt(id) > last));
      for (const { ids } of page) for (const id of ids) last = BigInt(id);
      return page;
    },
  };
}
