import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Handling } from './retries.ts';

/**
 * How many processes are known to have died with the message in their hands, asked by the process `holder`. A row that
 * another process has left behind tells of its death; its own rows do not, since it lives.
 */
export async function crashesOf(tx: Tx, { consumer, messageId }: Handling, holder: string): Promise<number> {
  const { rows } = await tx.query<{ readonly crashes: number }>(
    `select crashes + coalesce((holder <> $3)::int, 0) as crashes from crash_counts where consumer = $1 and message_id = $2`,
    [consumer, messageId, holder],
  );
  return rows[0]?.crashes ?? 0;
}

/** Writes down, before the message is handled, that `holder` has it in hand. */
export async function beginHandling(
  tx: Tx,
  { consumer, messageId }: Handling,
  holder: string,
): Promise<void> {
  await tx.query(
    `insert into crash_counts as known (consumer, message_id, holder, begun_at) values ($1, $2, $3, array[now()])
     on conflict (consumer, message_id) do update
       set crashes = known.crashes + coalesce((known.holder <> excluded.holder)::int, 0), holder = excluded.holder,
           begun_at = known.begun_at || excluded.begun_at`,
    [consumer, messageId, holder],
  );
}

/** `holder` is through with the message, and lives. */
export async function endHandling(tx: Tx, { consumer, messageId }: Handling, holder: string): Promise<void> {
  await tx.query('delete from crash_counts where consumer = $1 and message_id = $2 and holder = $3', [
    consumer,
    messageId,
    holder,
  ]);
}

/** `holder` gives the message back unfinished, and lives. What is known of earlier deaths stays. */
export async function interruptHandling(
  tx: Tx,
  { consumer, messageId }: Handling,
  holder: string,
): Promise<void> {
  await tx.query(
    'update crash_counts set holder = null where consumer = $1 and message_id = $2 and holder = $3',
    [consumer, messageId, holder],
  );
}

/** For a message that is a dead letter now, or is to be tried as if it were new. */
export async function forgetCrashes(tx: Tx, { consumer, messageId }: Handling): Promise<void> {
  await tx.query('delete from crash_counts where consumer = $1 and message_id = $2', [consumer, messageId]);
}

/** Deletes what was begun more than `olderThanDays` ago and never ended: at most `atMost` rows; says how many. */
export async function pruneCrashCounts(tx: Tx, olderThanDays: number, atMost = 10_000): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from crash_counts where (consumer, message_id) in (
       select consumer, message_id from crash_counts
       where begun_at[cardinality(begun_at)] < now() - make_interval(days => $1) limit $2 for update skip locked)`,
    [olderThanDays, atMost],
  );
  return rowCount ?? 0;
}
