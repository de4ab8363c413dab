import type { Delivery } from '@conveyor/brokers';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { mayHaveFailed } from './account.ts';
import { type Attempt, type Ending, messageIdOf, orderingKeyOf } from './attempt.ts';
import { hold, nextHeld } from './held-messages.ts';

export interface KeepOrderOptions {
  readonly consumer: string;
  readonly database: Database & Tx;
  readonly attempt: Attempt;
}

/**
 * Keeps the order of each key while one of its messages waits for its next try: those behind it are held in a table and
 * acknowledged, and handled one after the other once it has ended, well or not. Other keys flow on.
 *
 * For Kafka, where the order of a key is promised. A retry topic alone would let the followers overtake; waiting in place
 * would hold up every other key of the partition.
 */
export function keepOrder({ consumer, database, attempt }: KeepOrderOptions): Attempt {
  return async (delivery, signal) => {
    const messageId = messageIdOf(delivery);
    // Without a key there is no order to keep, without an id no way to know it again.
    if (messageId === undefined || delivery.origin.address.key === '') return attempt(delivery, signal);
    const lane = { consumer, orderingKey: orderingKeyOf(delivery) };
    const isHeld = await hold(database, lane, messageId, delivery);
    const ending = isHeld ? 'held' : await attempt(delivery, signal);
    // Others are held only for a message that has failed. This one may be held itself: it was the head before, and its process died among the followers.
    if (!mayHaveFailed(delivery)) return ending;
    let [tried, became]: readonly [Delivery, Ending] = [delivery, ending];
    while (became !== 'retried') {
      // What is held has not ended, though it may be the head by now: another process has let the key go on and begun it.
      const next = await nextHeld(database, lane, became === 'held' ? undefined : messageIdOf(tried));
      if (!next) break;
      signal.throwIfAborted();
      [tried, became] = [next, await attempt(next, signal)];
    }
    return ending;
  };
}
