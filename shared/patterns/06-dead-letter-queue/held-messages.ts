import type { Delivery } from '@conveyor/brokers';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { type Handling, type Moved, recordDeath } from './retries.ts';

/** Messages of one consumer that are to be handled one after the other. */
export interface Lane {
  readonly consumer: string;
  readonly orderingKey: string;
}

/**
 * Holds the message if an earlier one of its key waits for its next try; true if it does: then it may be
 * acknowledged. One statement, and for almost every message it finds nothing and writes nothing.
 *
 * It waits for whoever is about to let the key go on ({@link nextHeld}): afterwards either the message
 * is seen there, or it need not be held any more.
 */
export async function hold(
  tx: Tx,
  { consumer, orderingKey }: Lane,
  messageId: string,
  { body, ...delivery }: Delivery,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into held_messages (consumer, message_id, ordering_key, delivery, body)
     select $1::text, $2::uuid, $3::text, $4::json, $5::bytea
     from retries where consumer = $1 and ordering_key = $3 and message_id <> $2 for key share
     on conflict (consumer, message_id) do update set ordering_key = excluded.ordering_key`,
    [consumer, messageId, orderingKey, JSON.stringify(delivery), body],
  );
  return rowCount === 1;
}

/**
 * The message to be handled now that `ended` is: handled, or given up. It is the new head of the key
 * until it has ended as well. Undefined: none is held, or another one waits for its next try; whoever handles
 * that will go on.
 *
 * May be called again after a crash: the message that was about to be handled then is the answer once more. So it is when
 * nothing is known to have `ended`.
 */
export async function nextHeld(
  database: Database,
  lane: Lane,
  ended: string | undefined,
): Promise<Delivery | undefined> {
  return database.transaction(async (tx) => {
    const head = await lockHead(tx, lane);
    if (!head) return undefined;
    const { messageId } = head;
    if (messageId !== ended) return findHeld(tx, { consumer: lane.consumer, messageId });
    await dropKnown(tx, lane, messageId);
    const next = await firstHeld(tx, lane);
    if (next) await replaceHead(tx, lane, head, next.messageId);
    else await removeHead(tx, lane, head);
    return next?.delivery;
  });
}

interface Head extends Moved {
  readonly messageId: string;
}

async function lockHead(tx: Tx, { consumer, orderingKey }: Lane): Promise<Head | undefined> {
  const { rows } = await tx.query<Head>(
    `select message_id as "messageId", attempt, headers, given_up as "givenUp"
     from retries where consumer = $1 and ordering_key = $2 for update`,
    [consumer, orderingKey],
  );
  return rows[0];
}

/** The one that has ended, and copies of what is a dead letter already. */
async function dropKnown(tx: Tx, { consumer, orderingKey }: Lane, ended: string): Promise<void> {
  await letGo(tx, { consumer, messageId: ended });
  await tx.query(
    `delete from held_messages as held using retries as known
     where held.consumer = $1 and held.ordering_key = $2 and known.consumer = $1
       and known.message_id = held.message_id and known.given_up`,
    [consumer, orderingKey],
  );
}

/**
 * The same row, changed: whoever is about to be held and waits for the lock sees the key go on with it. A new row would
 * not be there for him, and he would overtake.
 */
async function replaceHead(tx: Tx, { consumer }: Lane, head: Head, next: string): Promise<void> {
  await tx.query(
    `update retries set message_id = $3, attempt = 1, headers = '{}', given_up = false, changed_at = now()
     where consumer = $1 and message_id = $2`,
    [consumer, head.messageId, next],
  );
  // What was given up is remembered, only no longer as the head of anything.
  if (head.givenUp) await recordDeath(tx, { consumer, messageId: head.messageId }, head);
}

async function removeHead(tx: Tx, { consumer }: Lane, { messageId, givenUp }: Head): Promise<void> {
  await tx.query(
    givenUp
      ? 'update retries set ordering_key = null where consumer = $1 and message_id = $2'
      : 'delete from retries where consumer = $1 and message_id = $2',
    [consumer, messageId],
  );
}

/** To be called once the message is handled, or safe elsewhere. */
export async function letGo(tx: Tx, { consumer, messageId }: Handling): Promise<void> {
  await tx.query('delete from held_messages where consumer = $1 and message_id = $2', [consumer, messageId]);
}

interface Held {
  readonly message_id: string;
  readonly delivery: Omit<Delivery, 'body'>;
  readonly body: Buffer;
}

async function firstHeld(tx: Tx, { consumer, orderingKey }: Lane) {
  const { rows } = await tx.query<Held>(
    `select message_id, delivery, body from held_messages
     where consumer = $1 and ordering_key = $2 order by seq limit 1`,
    [consumer, orderingKey],
  );
  return rows[0] && { messageId: rows[0].message_id, delivery: toDelivery(rows[0]) };
}

async function findHeld(tx: Tx, { consumer, messageId }: Handling): Promise<Delivery | undefined> {
  const { rows } = await tx.query<Held>(
    'select message_id, delivery, body from held_messages where consumer = $1 and message_id = $2',
    [consumer, messageId],
  );
  return rows[0] && toDelivery(rows[0]);
}

/** Maybe begun before, by a process that died since: so it counts as delivered before. */
function toDelivery({ delivery, body }: Held): Delivery {
  return { ...delivery, body, redelivered: true };
}
