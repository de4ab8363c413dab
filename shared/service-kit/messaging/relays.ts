import type { BrokerName } from '@conveyor/brokers';
import type { GuardedBroker } from '@conveyor/patterns/circuit-breaker/guard-broker';
import { type Relay, startRelay } from '@conveyor/patterns/transactional-outbox/relay';
import { addressOf, type Delays } from '@conveyor/topology';
import { journalSource } from '../journal/journal-source.ts';
import { recordedOutbox } from '../journal/recorded-outbox.ts';
import type { Logger } from '../logger.ts';
import { connectRelay } from './connect-relay.ts';
import { logRelayEvents } from './events.ts';

export interface RelaysOptions {
  readonly service: string;
  readonly broker: GuardedBroker;
  readonly databaseUrl: string;
  readonly delays: Delays;
  readonly log: Logger;
  /** Called when a message has been recorded as published, with the broker on which that entry is to leave. */
  readonly onRecorded: (broker: BrokerName) => void;
}

/**
 * What one service sends to one broker: its messages and its journal, each by a relay of its own, so that no
 * message waits for the journal. For the same reason the journal goes around the breaker: each of its
 * batches is one message to one place, so with that place out of order it would open it for all.
 */
export interface Relays {
  readonly outbox: Relay;
  readonly journal: Relay;
}

/** A message costs far more than the entries in it, and nobody's order waits for them: so they gather for a moment. */
const journalPace = { batchSize: 500, lingerMs: 250 };

export function startRelays(options: RelaysOptions): Relays {
  const { service, broker, databaseUrl, delays, log, onRecorded } = options;
  const connect = () => connectRelay(databaseUrl);
  return {
    outbox: startRelay({
      service,
      broker,
      connect,
      source: recordedOutbox(service, broker.name, onRecorded),
      onEvent: logRelayEvents(log, broker.name, 'relay'),
    }),
    journal: startRelay({
      service,
      broker: broker.unguarded,
      connect,
      source: journalSource(service, (name) => addressOf('journal.recorded', name, service, delays)),
      ...journalPace,
      onEvent: logRelayEvents(log, broker.name, 'journal'),
    }),
  };
}
