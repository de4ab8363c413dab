import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

/**
 * Records that `consumer` handles the message; false means that it has done so before.
 *
 * To be called in the transaction that also holds the effect: then row and effect are committed
 * together or not at all. A second delivery at the same time *waits* here, on the unique index,
 * until the first transaction ends: it gets false if that committed, true if it rolled back.
 */
export async function claim(tx: Tx, consumer: string, messageId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'insert into inbox (message_id, consumer) values ($1, $2) on conflict do nothing',
    [messageId, consumer],
  );
  return rowCount === 1;
}

/**
 * Whether `consumer` has handled the message. Only a look: two deliveries at the same time both get
 * false. It spares work; the guarantee comes from {@link claim}.
 */
export async function wasHandled(tx: Tx, consumer: string, messageId: string): Promise<boolean> {
  const { rows } = await tx.query('select from inbox where message_id = $1 and consumer = $2', [
    messageId,
    consumer,
  ]);
  return rows.length > 0;
}

/**
 * Deletes rows older than `olderThanDays`, the oldest first, at most `atMost` of them, and says how
 * many. Call it again, in a transaction of its own, while it deletes `atMost`.
 *
 * A message that comes again after its row is gone is handled again, so the days must outlast every
 * redelivery, replay and redrive.
 */
export async function pruneInbox(tx: Tx, olderThanDays: number, atMost = 10_000): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from inbox where (message_id, consumer) in (
       select message_id, consumer from inbox where handled_at < now() - make_interval(days => $1)
       order by handled_at limit $2 for update skip locked)`,
    [olderThanDays, atMost],
  );
  return rowCount ?? 0;
}
