import type { Delivery, OnDelivery } from '@conveyor/brokers';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { type DeadLetter, toDeadLetter } from './dead-letter.ts';
import { keepDeadLetter } from './dead-letters.ts';

export interface DeadLetterSinkOptions {
  readonly database: Database;
  /** Called within the transaction that keeps a letter for the first time. */
  readonly onKept?: (tx: Tx, letter: DeadLetter) => Promise<void>;
  /** Called when a letter could not be kept; it will be delivered again. Must not throw. */
  readonly onFailure?: (delivery: Delivery, error: unknown) => void;
}

/**
 * Moves dead letters from the broker into the table, where they can be looked at. On a queue each look would be a
 * delivery, and take the message nearer to its delivery limit; a topic cannot give up one message out of the middle.
 *
 * Resolves, which acknowledges the letter, after the commit; rejects, and gets it again, when there was none. So a letter is
 * never lost, and one that comes again is kept once.
 */
export function deadLetterSink({ database, onKept, onFailure }: DeadLetterSinkOptions): OnDelivery {
  return async (delivery) => {
    const letter = toDeadLetter(delivery, new Date());
    try {
      await database.transaction(async (tx) => {
        if ((await keepDeadLetter(tx, letter)) === 'kept') await onKept?.(tx, letter);
      });
    } catch (error) {
      onFailure?.(delivery, error);
      throw error;
    }
  };
}
