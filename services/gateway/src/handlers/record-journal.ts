import type { JournalEntry } from '@conveyor/contracts/messages';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Handle } from '@conveyor/service-kit/messaging/message';

/** Where the flight recorder's entries are kept, each once. */
export interface Journal {
  append(tx: Tx, entries: readonly JournalEntry[]): Promise<void>;
}

/** Keeps what the services have recorded. The same entries may come in several messages. */
export function recordJournal(journal: Journal): Handle<'journal.recorded'> {
  return async (tx, { data: { entries } }) => {
    await journal.append(tx, entries);
    return [];
  };
}
