import type { Broker, BrokerName, OnBrokerEvent } from '@conveyor/brokers';
import {
  createPublishBreaker,
  guardBroker,
  openWhileAway,
} from '@conveyor/patterns/circuit-breaker/guard-broker';
import type { ServiceBase } from '../service.ts';
import { logBrokerEvents } from './events.ts';

/** The broker that `create` makes, with a breaker in front of everything that is published to it: relay, questions, replies, dead letters. */
export function guardedBroker(
  base: ServiceBase,
  name: BrokerName,
  create: (onEvent: OnBrokerEvent) => Broker,
): Broker {
  const breaker = createPublishBreaker(`publish to ${name}`);
  base.addBreaker(breaker);
  const logEvent = logBrokerEvents(base.log, name);
  const follow = openWhileAway(breaker);
  const broker = create((event) => {
    logEvent(event);
    follow(event);
  });
  return guardBroker(broker, breaker);
}
