import type { BrokerName, OutgoingMessage } from '@conveyor/brokers';
import type { Tx } from './tx.ts';

/** A message that waits to be sent, and the rows that it is made of. */
export interface WaitingMessage {
  /** Bigints, as text: they are only ever handed back. In the outbox one, elsewhere perhaps many. */
  readonly ids: readonly string[];
  /** Since the oldest of the rows was written, in ms, by the database's clock. */
  readonly ageMs: number;
  readonly message: OutgoingMessage;
}

/** A message that no queue would take, and why. */
export interface UnroutableMessage {
  readonly waiting: WaitingMessage;
  readonly reason: string;
}

/** A table whose rows a relay sends. `tx` is the relay's connection: each statement is a transaction of its own. */
export interface RelaySource {
  /** Part of the lock's name: what waits in one source never waits for another. */
  readonly name: string;
  /**
   * What waits for `broker`, made of at most `limit` rows, those with the lowest ids. Fewer rows mean that
   * nothing else waits: a source that cuts its messages by size returns several.
   *
   * Always from the beginning, never "id > the last one seen": ids are given before the commit, so a
   * lower one may become visible after a higher one, and a page that has moved on would lose it. It
   * also means that a batch holds everything that waits before its last row, so no message can
   * overtake an earlier one of its key, whatever the limit.
   */
  select(tx: Tx, broker: BrokerName, limit: number): Promise<readonly WaitingMessage[]>;
  /** Deletes the rows of messages that were handed to the broker at `sentAt` and that it has confirmed. */
  remove(tx: Tx, sent: readonly WaitingMessage[], sentAt: Date): Promise<void>;
  /** Takes rows out of the relay's way without losing them. */
  park(tx: Tx, unroutable: readonly UnroutableMessage[]): Promise<void>;
}
