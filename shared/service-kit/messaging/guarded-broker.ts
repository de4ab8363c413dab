import type { Broker, BrokerName, OnBrokerEvent } from '@conveyor/brokers';
import {
  createPublishBreaker,
  type GuardedBroker,
  guardBroker,
  openWhileAway,
} from '@conveyor/patterns/circuit-breaker/guard-broker';
import type { ServiceBase } from '../service.ts';
import { tracedPublisher } from '../telemetry/message-spans.ts';
import { logBrokerEvents } from './events.ts';

/**
 * The broker that `create` makes, with one breaker in front of all that orders wait for: the outbox, questions,
 * replies, dead letters. What goes around it, the flight recorder, has no spans either.
 */
export function guardedBroker(
  base: ServiceBase,
  name: BrokerName,
  create: (onEvent: OnBrokerEvent) => Broker,
): GuardedBroker {
  const breaker = createPublishBreaker(`publish to ${name}`);
  base.addBreaker(breaker);
  const logEvent = logBrokerEvents(base.log, name);
  const follow = openWhileAway(breaker);
  const broker = create((event) => {
    logEvent(event);
    follow(event);
  });
  const guarded = guardBroker(broker, breaker);
  return { ...guarded, publisher: tracedPublisher(name, guarded.publisher) };
}
