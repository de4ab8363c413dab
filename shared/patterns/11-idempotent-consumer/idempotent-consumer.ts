import { appendToOutbox, type OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { claim } from './inbox.ts';

/** What an inbox must know of a message: its id (a UUID), the same on every delivery. */
export interface Identified {
  readonly id: string;
}

export type Handled = 'handled' | 'duplicate';

export interface HandleOnceOptions<Message extends Identified> {
  /** Each consumer has handled a message or has not, whatever the others did with it. Never rename one. */
  readonly consumer: string;
  readonly database: Database;
  /** Changes state in `tx` only, and returns the messages that tell of it. It runs again after a rollback. */
  readonly handle: (tx: Tx, message: Message) => Promise<readonly OutboxRow[]>;
  /** Called after the commit with the rows to be sent, if there are any. */
  readonly wakeRelays: (rows: readonly OutboxRow[]) => void;
}

/**
 * A handler whose effect happens exactly once, however often its message is delivered: inbox row,
 * effect and outbox rows are one transaction. It resolves after the commit, so that the message may
 * be acknowledged, and rejects after a rollback, so that it is delivered again. If the answer to the
 * commit is lost it rejects too, and the next delivery turns out to be the duplicate.
 */
export function handleOnce<Message extends Identified>(
  options: HandleOnceOptions<Message>,
): (message: Message) => Promise<Handled> {
  const { consumer, database, handle, wakeRelays } = options;
  return async (message) => {
    const rows = await database.transaction(async (tx) => {
      if (!(await claim(tx, consumer, message.id))) return undefined;
      const produced = await handle(tx, message);
      await appendToOutbox(tx, produced);
      return produced;
    });
    if (!rows) return 'duplicate';
    if (rows.length > 0) wakeRelays(rows);
    return 'handled';
  };
}
