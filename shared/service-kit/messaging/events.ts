import type { BrokerName, OnBrokerEvent } from '@conveyor/brokers';
import type { AtLeastOnceEvent } from '@conveyor/patterns/at-least-once/at-least-once';
import type { RelayEvent } from '@conveyor/patterns/transactional-outbox/relay';
import type { ConsumerName } from '@conveyor/topology';
import type { Logger } from '../logger.ts';

/** How much each kind of event matters to whoever watches the log. */
const levels: Readonly<Record<string, 'debug' | 'info' | 'warn' | 'error'>> = {
  connected: 'info',
  unblocked: 'info',
  'lock-gained': 'info',
  published: 'debug',
  retried: 'warn',
  repeated: 'warn',
  'set-aside': 'error',
  parked: 'error',
};

function write(log: Logger, fields: object, event: { readonly kind: string; readonly error?: unknown }): void {
  const { kind, error, ...details } = event;
  log[levels[kind] ?? 'warn']({ ...fields, ...details, ...(error ? { err: error } : {}) }, kind);
}

export function logBrokerEvents(log: Logger, broker: BrokerName): OnBrokerEvent {
  return (event) => write(log, { broker }, event);
}

export function logRelayEvents(log: Logger, broker: BrokerName): (event: RelayEvent) => void {
  return (event) => write(log, { broker, part: 'relay' }, event);
}

export function logConsumerEvents(log: Logger, broker: BrokerName, consumer: ConsumerName): (event: AtLeastOnceEvent) => void {
  return (event) => write(log, { broker, consumer }, event);
}
