import { atLeastOnceScenario, breaker, correlation, versions } from './layer-scenarios.ts';
import type { Scenario } from './setting.ts';
import { cqrs, eventSourcing, idempotent, saga, transactionalOutbox } from './state-scenarios.ts';
import {
  deadLetters,
  delayed,
  pointToPoint,
  priority,
  publishSubscribe,
  requestReply,
  routing,
} from './transport-scenarios.ts';

/** In the order of the chapters. `delayMs`: the wait of the delayed queue. */
export function scenarios(delayMs: number): readonly Scenario[] {
  return [
    pointToPoint,
    publishSubscribe,
    requestReply,
    routing,
    priority,
    deadLetters,
    delayed(delayMs),
    eventSourcing,
    saga('saga-choreography', 'three services, each of which hears an event and says the next', 3),
    saga('saga-orchestration', 'three steps, each a command and its reply', 6),
    cqrs,
    idempotent,
    atLeastOnceScenario,
    versions,
    correlation,
    breaker,
    transactionalOutbox,
  ];
}
