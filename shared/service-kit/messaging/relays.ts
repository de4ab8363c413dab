import type { Broker } from '@conveyor/brokers';
import { type Relay, startRelay } from '@conveyor/patterns/transactional-outbox/relay';
import { addressOf, type Delays } from '@conveyor/topology';
import { journalSource } from '../journal/journal-source.ts';
import { recordedOutbox } from '../journal/recorded-outbox.ts';
import type { Logger } from '../logger.ts';
import { logRelayEvents } from './events.ts';
import { connectRelay } from './relay-connection.ts';

export interface RelaysOptions {
  readonly service: string;
  readonly broker: Broker;
  readonly databaseUrl: string;
  readonly delays: Delays;
  readonly log: Logger;
  /** Called when messages have been published, and with that recorded. */
  readonly onPublished: () => void;
}

/** What one service sends to one broker: its messages and its journal, each by a relay of its own, so that no message waits for the journal. */
export interface Relays {
  readonly outbox: Relay;
  readonly journal: Relay;
}

/** A message costs far more than the entries in it, and nobody's order waits for them: so they gather for a moment. */
const journalPace = { batchSize: 500, lingerMs: 50 };

export function startRelays(options: RelaysOptions): Relays {
  const { service, broker, databaseUrl, delays, log, onPublished } = options;
  const connect = () => connectRelay(databaseUrl);
  const report = logRelayEvents(log, broker.name, 'relay');
  return {
    outbox: startRelay({
      service,
      broker,
      connect,
      source: recordedOutbox(service, broker.name),
      onEvent: (event) => {
        report(event);
        if (event.kind === 'published') onPublished();
      },
    }),
    journal: startRelay({
      service,
      broker,
      connect,
      source: journalSource(service, (name) => addressOf('journal.recorded', name, service, delays)),
      ...journalPace,
      onEvent: logRelayEvents(log, broker.name, 'journal'),
    }),
  };
}
