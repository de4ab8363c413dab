import type { BrokerName } from '@conveyor/brokers';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { messageIdOf } from './attempt.ts';
import type { DeadLetter } from './dead-letter.ts';

/** What became of a letter. `handled`: its message turned out to have been handled. */
export type LetterStatus = 'waiting' | 'redriven' | 'handled' | 'discarded';

/** A letter in the table `dead_letters`. */
export interface KeptLetter extends DeadLetter {
  readonly status: LetterStatus;
}

/** Which of the waiting letters; absent: all. */
export interface LetterFilter {
  readonly broker?: BrokerName;
  readonly consumer?: string;
}

/** Keeps a letter; one that comes again, known by its id, is kept as it was. */
export async function keepDeadLetter(tx: Tx, letter: DeadLetter): Promise<'kept' | 'known'> {
  const { rowCount } = await tx.query(insert, [
    letter.id,
    letter.consumer,
    letter.broker,
    letter.queue,
    messageIdOf(letter) ?? null,
    asText(letter.attributes.type),
    asText(letter.attributes.subject),
    asText(letter.reason),
    asText(letter.error),
    asText(letter.stackHash),
    letter.attempts,
    JSON.stringify(letter.history),
    JSON.stringify(letter.origin),
    JSON.stringify(letter.attributes),
    JSON.stringify(letter.headers),
    letter.body,
    letter.priority ?? null,
    letter.diedAt,
  ]);
  return rowCount === 1 ? 'kept' : 'known';
}

const insert = `
  insert into dead_letters
    (id, consumer, broker, queue, message_id, type, subject, reason, error, stack_hash, attempts, history, origin,
     attributes, headers, body, priority, died_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
  on conflict (id) do nothing`;

/** PostgreSQL holds every character in a text but this one; in JSON it is written as `\u0000`. */
function asText(text: string | undefined): string | null {
  return text?.replaceAll('\0', '') ?? null;
}

const columns = `id, consumer, broker, queue, reason, error, stack_hash as "stackHash", attempts, history, origin,
  attributes, headers, body, priority, died_at as "diedAt", status`;

const isWaiting = `status = 'waiting' and ($1::text is null or broker = $1) and ($2::text is null or consumer = $2)`;

/** The waiting letters, newest first, from the one after the letter `before` on. */
export async function listDeadLetters(
  tx: Tx,
  { broker, consumer }: LetterFilter,
  { before, limit }: { readonly before?: string | undefined; readonly limit: number },
): Promise<readonly KeptLetter[]> {
  const { rows } = await tx.query<StoredLetter>(
    `select ${columns} from dead_letters where ${isWaiting} and ($3::uuid is null or id < $3) order by id desc limit $4`,
    [broker ?? null, consumer ?? null, before ?? null, limit],
  );
  return rows.map(toLetter);
}

export async function countDeadLetters(tx: Tx, { broker, consumer }: LetterFilter): Promise<number> {
  const { rows } = await tx.query<{ readonly count: number }>(
    `select count(*)::int as count from dead_letters where ${isWaiting}`,
    [broker ?? null, consumer ?? null],
  );
  return rows[0]?.count ?? 0;
}

/** The letter, whatever became of it, unless it was discarded. */
export async function findDeadLetter(tx: Tx, id: string): Promise<KeptLetter | undefined> {
  const { rows } = await tx.query<StoredLetter>(
    `select ${columns} from dead_letters where id = $1 and status <> 'discarded'`,
    [id],
  );
  return rows.map(toLetter)[0];
}

/** As {@link findDeadLetter}; nobody else decides about the letter before this transaction ends. */
export async function lockDeadLetter(tx: Tx, id: string): Promise<KeptLetter | undefined> {
  const { rows } = await tx.query<StoredLetter>(
    `select ${columns} from dead_letters where id = $1 and status <> 'discarded' for update`,
    [id],
  );
  return rows.map(toLetter)[0];
}

/**
 * Waiting letters whose message has an id, oldest first, from the one after the letter `after` on. With `lock`, nobody else
 * decides about them before this transaction ends; those about which somebody is deciding are left out.
 */
export async function oldestDeadLetters(
  tx: Tx,
  { broker, consumer }: LetterFilter,
  {
    after,
    limit,
    lock,
  }: { readonly after?: string | undefined; readonly limit: number; readonly lock: boolean },
): Promise<readonly KeptLetter[]> {
  const { rows } = await tx.query<StoredLetter>(
    `select ${columns} from dead_letters
     where ${isWaiting} and message_id is not null and ($3::uuid is null or id > $3)
     order by id limit $4 ${lock ? 'for update skip locked' : ''}`,
    [broker ?? null, consumer ?? null, after ?? null, limit],
  );
  return rows.map(toLetter);
}

interface StoredLetter extends Omit<KeptLetter, 'error' | 'stackHash' | 'priority'> {
  readonly error: string | null;
  readonly stackHash: string | null;
  readonly priority: number | null;
}

function toLetter({ error, stackHash, priority, ...letter }: StoredLetter): KeptLetter {
  return {
    ...letter,
    ...(error !== null && { error }),
    ...(stackHash !== null && { stackHash }),
    ...(priority !== null && { priority }),
  };
}
