import { untilItWorks } from '@conveyor/patterns/at-least-once/until-it-works';
import { classify, Fault } from '@conveyor/patterns/dead-letter-queue/failure';
import { appendToOutbox, type OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Handled, Identified } from './idempotent-consumer.ts';
import { claim, wasHandled } from './inbox.ts';

/** What is to be done about a message: something outside, or nothing more than has been written in the transaction. */
export type Intention<Intent> = { readonly perform: Intent } | { readonly settled: readonly OutboxRow[] };

export interface EffectOnceOptions<Message extends Identified, Intent, Outcome> {
  /** As in `handleOnce`. */
  readonly consumer: string;
  readonly database: Database;
  /**
   * Writes down what is going to be done. It runs again when the process died after it, so it must
   * find what it wrote and return the same intent with the same idempotency key. Return `settled`
   * when there is nothing to do outside (it is done already, or may no longer be done).
   */
  readonly intend: (tx: Tx, message: Message) => Promise<Intention<Intent>>;
  /** The call, with no transaction open. It must carry the intent's idempotency key: it may be made more than once. */
  readonly perform: (intent: Intent, signal: AbortSignal) => Promise<Outcome>;
  /**
   * Writes down what came of it, and returns the messages that tell of it. It runs again while the database is away. What
   * it throws itself as a `Fault` has all of it done anew, from `intend` on.
   */
  readonly settle: (
    tx: Tx,
    message: Message,
    intent: Intent,
    outcome: Outcome,
  ) => Promise<readonly OutboxRow[]>;
  /** Called after the commit with the rows to be sent, if there are any. */
  readonly wakeRelays: (rows: readonly OutboxRow[]) => void;
}

/**
 * A handler with an effect outside the database (a charge, a refund, an email), which no
 * transaction can take back: commit the intent → perform → commit inbox row, outcome and outbox rows.
 *
 * The outcome is settled exactly once; while the database is away it waits in hand. The effect is *performed* at least
 * once: again after a crash between the two commits, or when a message is delivered twice at the same time. Only the
 * idempotency key, honoured by the other side, makes that one charge. What has no such key (an email) may repeat.
 *
 * Claiming first would be wrong: after a crash the message would count as handled, and the effect
 * would never happen.
 */
export function effectOnce<Message extends Identified, Intent, Outcome>(
  options: EffectOnceOptions<Message, Intent, Outcome>,
): (message: Message, signal: AbortSignal) => Promise<Handled> {
  return async (message, signal) => {
    const rows = await settleOnce(options, message, signal);
    if (!rows) return 'duplicate';
    if (rows.length > 0) options.wakeRelays(rows);
    return 'handled';
  };
}

/** The rows that were committed, or undefined when the message has been handled by another delivery. */
async function settleOnce<Message extends Identified, Intent, Outcome>(
  options: EffectOnceOptions<Message, Intent, Outcome>,
  message: Message,
  signal: AbortSignal,
): Promise<readonly OutboxRow[] | undefined> {
  const intention = await commitIntention(options, message);
  if (!intention) return undefined;
  if ('settled' in intention) return intention.settled;

  const outcome = await options.perform(intention.perform, signal);
  // What is known by now must not be lost for a database that is away: performed again, it may end otherwise, or be too late.
  const isOfDatabase = (error: unknown) => classify(error) === 'infrastructure' && !(error instanceof Fault);
  return untilItWorks(
    () => settle(options, message, intention.perform, outcome),
    isOfDatabase,
    signal,
    () => {},
  );
}

function settle<Message extends Identified, Intent, Outcome>(
  { database, consumer, settle: write }: EffectOnceOptions<Message, Intent, Outcome>,
  message: Message,
  intent: Intent,
  outcome: Outcome,
): Promise<readonly OutboxRow[] | undefined> {
  return database.transaction(async (tx) => {
    if (!(await claim(tx, consumer, message.id))) return undefined;
    const rows = await write(tx, message, intent, outcome);
    await appendToOutbox(tx, rows);
    return rows;
  });
}

async function commitIntention<Message extends Identified, Intent, Outcome>(
  { consumer, database, intend }: EffectOnceOptions<Message, Intent, Outcome>,
  message: Message,
): Promise<Intention<Intent> | undefined> {
  try {
    return await database.transaction(async (tx) => {
      if (await wasHandled(tx, consumer, message.id)) return undefined;
      const intention = await intend(tx, message);
      if ('settled' in intention) {
        if (!(await claim(tx, consumer, message.id))) throw new HandledMeanwhile();
        await appendToOutbox(tx, intention.settled);
      }
      return intention;
    });
  } catch (error) {
    if (error instanceof HandledMeanwhile) return undefined;
    throw error;
  }
}

/** Thrown to roll back what `intend` wrote: another delivery has committed the same. */
class HandledMeanwhile extends Error {}
