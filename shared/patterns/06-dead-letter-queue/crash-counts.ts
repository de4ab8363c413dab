import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Handling } from './retries.ts';

/**
 * How many processes are known to have died with the message in their hands, asked by the process `holder`. A row that
 * another process has left behind tells of its death; its own rows do not, since it lives.
 */
export async function crashesOf(tx: Tx, { consumer, messageId }: Handling, holder: string): Promise<number> {
  const { rows } = await tx.query<{ readonly crashes: number }>(
    `select crashes + (holder <> $3)::int as crashes from crash_counts where consumer = $1 and message_id = $2`,
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
       set crashes = known.crashes + (known.holder <> excluded.holder)::int, holder = excluded.holder,
           begun_at = known.begun_at || excluded.begun_at`,
    [consumer, messageId, holder],
  );
}

/** However it ended: the process lives. */
export async function endHandling(tx: Tx, { consumer, messageId }: Handling): Promise<void> {
  await tx.query('delete from crash_counts where consumer = $1 and message_id = $2', [consumer, messageId]);
}
