import type { Attributes } from '@conveyor/brokers';
import { wasHandled } from '@conveyor/patterns/idempotent-consumer/inbox';
import { appendToOutbox } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { messageIdOf } from './attempt.ts';
import type { DeadLetter } from './dead-letter.ts';
import { type KeptLetter, type LetterFilter, lockDeadLetter, oldestDeadLetters } from './dead-letters.ts';
import { endDeadLetters } from './letter-actions.ts';
import { type AddressOf, type Refusal, redrivenMessage, whyNotSendable } from './redriven-message.ts';

export interface RedriveSurroundings {
  readonly database: Database;
  readonly addressOf: AddressOf;
  /** Reads a body that a person wrote for the message with these attributes, as today's version of its type. */
  readonly checkBody: (attributes: Attributes, body: Buffer) => { readonly dataschema: string } | Refusal;
  /** Called in the transaction in which letters are redriven: for whoever keeps a record. */
  readonly record?: (tx: Tx, letters: readonly DeadLetter[]) => Promise<void>;
  /** Called after each commit with the letters whose messages wait in the outbox now. */
  readonly wake: (letters: readonly DeadLetter[]) => void;
}

interface Request {
  /** True: says what would happen, and changes nothing. */
  readonly dryRun: boolean;
  readonly who: string;
  readonly now: Date;
}

/** `already-handled`: it was redriven before, or its message turned out to have been handled. */
export type RedriveOutcome = 'redriven' | 'would-redrive' | 'already-handled';

export type Redriven =
  | { readonly outcome: RedriveOutcome; readonly letter: DeadLetter }
  | { readonly refused: Refusal };

/**
 * Sends the message of a dead letter once more, the same message with the same id, to the consumer that gave it up and to
 * nobody else, who may have handled it well. Who asked for it, the new status and the outbox row are one transaction: asked
 * for twice, at whatever time, it has one effect.
 *
 * `body` is sent in the place of its own. Undefined: there is no such letter.
 */
export async function redrive(
  surroundings: RedriveSurroundings,
  { id, body, ...request }: Request & { readonly id: string; readonly body?: Buffer | undefined },
): Promise<Redriven | undefined> {
  const { database, wake } = surroundings;
  const redriven = await database.transaction(async (tx): Promise<Redriven | undefined> => {
    const letter = await lockDeadLetter(tx, id);
    if (!letter) return undefined;
    if (letter.status !== 'waiting') return { outcome: 'already-handled', letter };
    const refused = whyNotSendable(letter, request.now);
    if (refused) return { refused };
    const edited = body ? edit(surroundings, letter, body) : letter;
    if ('path' in edited) return { refused: edited };
    const { sent } = await decide(surroundings, tx, [edited], { ...request, editedBody: body });
    if (sent.length === 0) return { outcome: 'already-handled', letter };
    return { outcome: request.dryRun ? 'would-redrive' : 'redriven', letter: edited };
  });
  if (redriven && 'outcome' in redriven && redriven.outcome === 'redriven') wake([redriven.letter]);
  return redriven;
}

/** How many letters are decided about in one transaction. */
const chunkSize = 100;

/**
 * Redrives waiting letters, the oldest first, at most `limit`. Each hundred is a transaction of its own: killed
 * in the middle it has done some and not the others, each whole. Letters that can only be discarded are passed over.
 */
export async function redriveMany(
  surroundings: RedriveSurroundings,
  { filter, limit, ...request }: Request & { readonly filter: LetterFilter; readonly limit: number },
): Promise<{ readonly sent: number; readonly handled: number }> {
  const { database, wake } = surroundings;
  let [sent, handled] = [0, 0];
  for (let after: string | undefined, isLast = false; !isLast; ) {
    const size = Math.min(chunkSize, limit - sent - handled);
    const chunk = await database.transaction(async (tx) => {
      const letters = await oldestDeadLetters(tx, filter, { after, limit: size, lock: !request.dryRun });
      const sendable = letters.filter((letter) => !whyNotSendable(letter, request.now));
      return { letters, ...(await decide(surroundings, tx, sendable, request)) };
    });
    if (!request.dryRun) wake(chunk.sent);
    sent += chunk.sent.length;
    handled += chunk.handled.length;
    after = chunk.letters.at(-1)?.id;
    isLast = chunk.letters.length < size || sent + handled === limit;
  }
  return { sent, handled };
}

/** The one place where a letter ends in being sent, whatever its broker. `tx` has locked the letters, unless nothing is to change. */
async function decide(
  { addressOf, record }: RedriveSurroundings,
  tx: Tx,
  letters: readonly DeadLetter[],
  { dryRun, who, now, editedBody }: Request & { readonly editedBody?: Buffer | undefined },
): Promise<{ readonly sent: readonly DeadLetter[]; readonly handled: readonly DeadLetter[] }> {
  const sent: DeadLetter[] = [];
  const handled: DeadLetter[] = [];
  for (const letter of letters) {
    const isHandled = await wasHandled(tx, letter.consumer, messageIdOf(letter) ?? '');
    (isHandled ? handled : sent).push(letter);
  }
  if (dryRun) return { sent, handled };
  await endDeadLetters(tx, handled.map(idOf), { status: 'handled', who, at: now });
  if (sent.length > 0) {
    await forgetFailures(tx, sent);
    await appendToOutbox(
      tx,
      sent.map((letter) => redrivenMessage(letter, addressOf, now)),
    );
    const edit = editedBody ? { editedBody } : {};
    await endDeadLetters(tx, sent.map(idOf), { status: 'redriven', who, at: now, ...edit });
    await record?.(tx, sent);
  }
  return { sent, handled };
}

function idOf({ id }: DeadLetter): string {
  return id;
}

/**
 * So that the message is tried like a new one. As the head of its key it stays that: its consumer has not let the others
 * go on yet, and does so when it gets its own copy again.
 */
async function forgetFailures(tx: Tx, letters: readonly DeadLetter[]): Promise<void> {
  const messages = [letters.map(({ consumer }) => consumer), letters.map((letter) => messageIdOf(letter))];
  const these = `(consumer, message_id) in (select consumer, message_id from unnest($1::text[], $2::uuid[]) as sent (consumer, message_id))`;
  await tx.query(`delete from retries where ordering_key is null and ${these}`, messages);
  await tx.query(`update retries set given_up = false, attempt = 1, headers = '{}' where ${these}`, messages);
  await tx.query(`delete from crash_counts where ${these}`, messages);
}

function edit({ checkBody }: RedriveSurroundings, letter: KeptLetter, body: Buffer): DeadLetter | Refusal {
  const checked = checkBody(letter.attributes, body);
  if ('path' in checked) return checked;
  // Whom its writer declared able to read it, he declared of his own body.
  const { readableby: _, ...attributes } = letter.attributes;
  return { ...letter, body, attributes: { ...attributes, dataschema: checked.dataschema } };
}
