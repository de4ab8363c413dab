import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { type KeptLetter, type LetterStatus, lockDeadLetter } from './dead-letters.ts';

type Ended = Exclude<LetterStatus, 'waiting'>;

/** How an action is called in the table `dead_letter_actions`. */
const actionNames = { redriven: 'redriven', handled: 'found-handled', discarded: 'discarded' } as const;

/** Who did what to a dead letter, and when. */
export interface LetterAction {
  readonly at: Date;
  readonly who: string;
  readonly what: (typeof actionNames)[Ended];
}

export interface LetterEnd extends Pick<LetterAction, 'at' | 'who'> {
  readonly status: Ended;
  /** The body that a person put in the place of the message's own. */
  readonly editedBody?: Buffer;
}

/** Ends letters that `tx` has locked, and writes down who did it. */
export async function endDeadLetters(
  tx: Tx,
  ids: readonly string[],
  { status, who, at, editedBody }: LetterEnd,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `with ended as (update dead_letters set status = $2 where id = any($1::uuid[]) returning id)
     insert into dead_letter_actions (dead_letter_id, at, who, what, edited_body)
     select id, $3::timestamptz, $4::text, $5::text, $6::bytea from ended order by id`,
    [ids, status, at, who, actionNames[status], editedBody ?? null],
  );
}

/** Takes a letter off the list for good, unless its message was sent or handled before. Undefined: there is none. */
export async function discardDeadLetter(
  database: Database,
  id: string,
  done: Pick<LetterAction, 'at' | 'who'>,
): Promise<{ readonly outcome: 'discarded' | 'already-handled'; readonly letter: KeptLetter } | undefined> {
  return database.transaction(async (tx) => {
    const letter = await lockDeadLetter(tx, id);
    if (!letter) return undefined;
    if (letter.status !== 'waiting') return { outcome: 'already-handled', letter };
    await endDeadLetters(tx, [id], { ...done, status: 'discarded' });
    return { outcome: 'discarded', letter };
  });
}

/** What was done to a letter, in that order. */
export async function actionsOf(tx: Tx, id: string): Promise<readonly LetterAction[]> {
  const { rows } = await tx.query<LetterAction>(
    'select at, who, what from dead_letter_actions where dead_letter_id = $1 order by id',
    [id],
  );
  return rows;
}

/** Deletes letters that have ended and died more than `olderThanDays` ago, at most `atMost`; says how many. Who did what stays. */
export async function pruneDeadLetters(tx: Tx, olderThanDays: number, atMost = 10_000): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from dead_letters where id in (
       select id from dead_letters where status <> 'waiting' and died_at < now() - make_interval(days => $1)
       limit $2 for update skip locked)`,
    [olderThanDays, atMost],
  );
  return rowCount ?? 0;
}
