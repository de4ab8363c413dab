import type { BrokerEvent, BrokerName, Delivery, OnBrokerEvent } from '@conveyor/brokers';
import type { AtLeastOnceEvent } from '@conveyor/patterns/at-least-once/at-least-once';
import { traceIdOf } from '@conveyor/patterns/correlation-tracing/trace-context';
import type { ServeEvent } from '@conveyor/patterns/request-reply/request-reply';
import type { RelayEvent } from '@conveyor/patterns/transactional-outbox/relay';
import type { ConsumerName } from '@conveyor/topology';
import type { Logger } from '../logger.ts';

type Kind = (BrokerEvent | RelayEvent | AtLeastOnceEvent | ServeEvent)['kind'];

/** How much each kind of event matters to whoever watches the log. What is not named is a warning. */
const levels: Readonly<Partial<Record<Kind, 'debug' | 'info' | 'warn' | 'error'>>> = {
  connected: 'info',
  unblocked: 'info',
  'lock-gained': 'info',
  'lock-lost': 'info',
  published: 'debug',
  'asker-gone': 'debug',
  'set-aside': 'error',
  parked: 'error',
};

interface Event {
  readonly kind: Kind;
  readonly error?: unknown;
  readonly delivery?: Delivery;
}

function write(log: Logger, fields: object, event: Event): void {
  const { kind, error, delivery, ...details } = event;
  const about = delivery ? identify(delivery) : {};
  log[levels[kind] ?? 'warn']({ ...fields, ...about, ...details, ...(error ? { err: error } : {}) }, kind);
}

/** By what a message can be found again. Its body stays out of the log: it may hold what is nobody's business. */
function identify({ attributes, origin }: Delivery): object {
  return {
    message_id: attributes['id'],
    type: attributes['type'],
    order_id: attributes['subject'],
    correlation_id: attributes['correlationid'],
    trace_id: traceIdOf(attributes['traceparent']),
    channel: origin.channel,
  };
}

export function logBrokerEvents(log: Logger, broker: BrokerName): OnBrokerEvent {
  return (event) => write(log, { broker }, event);
}

export function logRelayEvents(
  log: Logger,
  broker: BrokerName,
  part: 'relay' | 'journal',
): (event: RelayEvent) => void {
  return (event) => write(log, { broker, part }, event);
}

export function logConsumerEvents(
  log: Logger,
  broker: BrokerName,
  consumer: ConsumerName,
): (event: AtLeastOnceEvent) => void {
  return (event) => write(log, { broker, consumer }, event);
}

/** A message that came again after it had been handled. */
export function logDuplicate(
  log: Logger,
  broker: BrokerName,
  consumer: ConsumerName,
  delivery: Delivery,
): void {
  log.debug({ broker, consumer, ...identify(delivery) }, 'seen before');
}

export function logServeEvents(log: Logger, broker: BrokerName, server: string): (event: ServeEvent) => void {
  return ({ request, ...event }) => write(log, { broker, server }, { ...event, delivery: request });
}
