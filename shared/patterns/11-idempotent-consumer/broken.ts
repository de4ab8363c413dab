import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { claim, wasHandled } from './inbox.ts';

/** What is done about a message. */
export type Effect = (tx: Tx) => Promise<void>;

/**
 * BUG: inbox outside the transaction. The effect is committed, then the inbox row: each of them is safe in the database,
 * only not together. A process that dies in between has charged, and the next delivery charges again.
 */
export async function inboxOutsideTheTransaction(
  database: Database,
  consumer: string,
  messageId: string,
  effect: Effect,
): Promise<void> {
  if (await database.transaction((tx) => wasHandled(tx, consumer, messageId))) return;
  await database.transaction(effect);
  await database.transaction((tx) => claim(tx, consumer, messageId));
}

/**
 * BUG: key recorded before the handler ran. "Claim it, so that nobody else takes it": that keeps two deliveries apart, but
 * when the handler fails or its process dies, the message counts as handled, and its effect never comes.
 */
export async function keyBeforeHandler(
  database: Database,
  consumer: string,
  messageId: string,
  effect: Effect,
): Promise<void> {
  if (!(await database.transaction((tx) => claim(tx, consumer, messageId)))) return;
  await database.transaction(effect);
}

/**
 * BUG: check, act, mark. One after the other it works, as in every textbook. Two deliveries at once both look before either
 * has marked anything, and both act.
 */
export async function checkActMark(
  database: Tx,
  consumer: string,
  messageId: string,
  effect: Effect,
): Promise<void> {
  if (await wasHandled(database, consumer, messageId)) return;
  await effect(database);
  await claim(database, consumer, messageId);
}

/**
 * BUG: message id as the only guard. It keeps the same message from being handled twice, and that looks like enough. But whoever
 * asks a second time, because he has heard no answer, sends another message with another id: the same order is charged again.
 */
export async function messageIdAlone(
  database: Database,
  consumer: string,
  messageId: string,
  effect: Effect,
): Promise<void> {
  await database.transaction(async (tx) => {
    if (await claim(tx, consumer, messageId)) await effect(tx);
  });
}
