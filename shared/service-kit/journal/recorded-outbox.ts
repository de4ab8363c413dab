import type { BrokerName, OutgoingMessage } from '@conveyor/brokers';
import type { RelaySource } from '@conveyor/patterns/transactional-outbox/relay-source';
import { outbox } from '@conveyor/patterns/transactional-outbox/waiting-rows';
import { insertIntoJournal, type JournalRow, journalRows, journalValues } from './journal-rows.ts';
import { recordedMessage } from './recorded-message.ts';

/**
 * The outbox, with a flight recorder: what the broker has confirmed is deleted and recorded as published
 * in one statement, so that it is recorded once, however often it had to be sent. `onRecorded` is called afterwards
 * with the broker on which each entry is to leave.
 */
export function recordedOutbox(
  service: string,
  broker: BrokerName,
  onRecorded: (entryBroker: BrokerName) => void,
): RelaySource {
  return {
    ...outbox,
    async remove(tx, sent, sentAt) {
      const published = sent.flatMap(({ message }) => publishedRows(service, broker, message, sentAt));
      await tx.query(`with sent as (delete from outbox where id = any($3::bigint[])) ${insertIntoJournal}`, [
        ...journalValues(published),
        sent.flatMap(({ ids }) => ids),
      ]);
      for (const row of published) onRecorded(row.broker);
    },
  };
}

/** Dated when it was handed to the broker: a consumer may have it before we hear of it. */
function publishedRows(
  service: string,
  broker: BrokerName,
  { attributes, address, body }: OutgoingMessage,
  at: Date,
): readonly JournalRow[] {
  const detail = address.channel || address.key;
  const message = recordedMessage({ attributes, body });
  return journalRows(attributes, { kind: 'published', at, service, broker, detail, message });
}
