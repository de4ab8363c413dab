import type { Attributes } from '@conveyor/brokers';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

/** A message of one consumer. */
export interface Handling {
  readonly consumer: string;
  readonly messageId: string;
}

/** Where a message has been moved to by its consumer, and what it carries there. */
export interface Moved {
  /** The number of the try that comes next. */
  readonly attempt: number;
  readonly headers: Attributes;
  /** True: it lies among the dead letters, and nothing comes next. */
  readonly givenUp: boolean;
}

/** Where the message has been moved to; undefined when it has not failed, or has been handled since. */
export async function findMoved(tx: Tx, { consumer, messageId }: Handling): Promise<Moved | undefined> {
  const { rows } = await tx.query<Moved>(
    `select attempt, headers, given_up as "givenUp" from retries where consumer = $1 and message_id = $2`,
    [consumer, messageId],
  );
  return rows[0];
}

/**
 * Writes down that the message waits for its next try, before it is moved. With an `orderingKey` it becomes the head of
 * that key: what comes after it is held. False: another message is the head already, so this one must be held, too; or
 * it is further on than this try, which was that of a copy.
 */
export async function recordRetry(
  tx: Tx,
  { consumer, messageId }: Handling,
  { attempt, headers, orderingKey }: Omit<Moved, 'givenUp'> & { readonly orderingKey?: string },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into retries as known (consumer, message_id, attempt, headers, ordering_key)
     select $1::text, $2::uuid, $3::int, $4::json, $5::text
     where not exists (select from retries where consumer = $1 and ordering_key = $5 and message_id <> $2)
     on conflict (consumer, message_id) do update
       set attempt = excluded.attempt, headers = excluded.headers, ordering_key = excluded.ordering_key,
           changed_at = now()
       where not known.given_up and known.attempt <= excluded.attempt`,
    [consumer, messageId, attempt, JSON.stringify(headers), orderingKey ?? null],
  );
  return rowCount === 1;
}

/**
 * Writes down that the message is given up, before it is moved, and answers the headers that it is to be moved with: those
 * of the first time if it was given up before, so that it is one dead letter. If it is the head of its key, it stays that.
 */
export async function recordDeath(
  tx: Tx,
  { consumer, messageId }: Handling,
  { attempt, headers }: Omit<Moved, 'givenUp'>,
): Promise<Attributes> {
  const { rows } = await tx.query<Pick<Moved, 'headers'>>(
    `insert into retries as known (consumer, message_id, attempt, headers, given_up) values ($1, $2, $3, $4, true)
     on conflict (consumer, message_id) do update
       set attempt = excluded.attempt, given_up = true, changed_at = now(),
           headers = case when known.given_up then known.headers else excluded.headers end
     returning headers`,
    [consumer, messageId, attempt, JSON.stringify(headers)],
  );
  return rows[0]?.headers ?? headers;
}

/** To be called when the message was handled after all, or is to be tried as if it were new. */
export async function forgetRetry(tx: Tx, { consumer, messageId }: Handling): Promise<void> {
  await tx.query('delete from retries where consumer = $1 and message_id = $2', [consumer, messageId]);
}

/**
 * Deletes what was given up more than `olderThanDays` ago (as long as a copy may come again, it must be known), and what
 * has not come back for so long. At most `atMost` rows; says how many. Heads stay: others are held for them.
 */
export async function pruneRetries(tx: Tx, olderThanDays: number, atMost = 10_000): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from retries where (consumer, message_id) in (
       select consumer, message_id from retries
       where ordering_key is null and changed_at < now() - make_interval(days => $1)
       limit $2 for update skip locked)`,
    [olderThanDays, atMost],
  );
  return rowCount ?? 0;
}
