import { derivedMessageId, writeEnvelope } from '@conveyor/brokers';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { appendToJournal, journalRows } from '@conveyor/service-kit/journal/journal-rows';
import type { LoggedEvent } from '../handlers/logged-event.ts';

/** Tells the flight recorder what can be searched now. The ids are derived, so that what is told twice is kept once. */
export async function recordProjected(tx: Tx, events: readonly LoggedEvent[]): Promise<void> {
  const at = new Date();
  const rows = events.flatMap(({ envelope, version }) =>
    journalRows(writeEnvelope(envelope), {
      id: derivedMessageId(envelope.id, 'projected'),
      kind: 'projected',
      at,
      service: 'order-query',
      consumer: 'order-query.events',
      broker: 'kafka',
      detail: `version ${version}`,
    }),
  );
  await appendToJournal(tx, rows);
}
