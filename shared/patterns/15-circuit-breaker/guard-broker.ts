import {
  asError,
  type Broker,
  type OnBrokerEvent,
  type Publisher,
  type PublishOutcome,
  withPublisher,
} from '@conveyor/brokers';
import { type Breaker, createBreaker } from './breaker.ts';

export type PublishBreaker = Breaker<readonly PublishOutcome[]>;

/** Thousands of times what a broker takes to answer that is well. */
const trialMs = 2_000;

/**
 * A breaker for what a process publishes to one broker. A call is a batch, of up to hundreds of messages, and
 * fails only when the broker answers to none of them: four of these in a row are an outage. What is refused
 * is answered; a full queue is no outage of the others. A try costs the broker no more than a batch, so the
 * pause need not grow; whoever publishes pauses as well. One queue that never answers may cost the try its
 * whole time, so that is short.
 */
export function createPublishBreaker(name: string): PublishBreaker {
  return createBreaker<readonly PublishOutcome[]>({
    name,
    lastCalls: 4,
    atLeast: 4,
    firstPauseMs: 1_000,
    longestPauseMs: 1_000,
    trialMs,
    isFailure: (ending) => 'error' in ending || ending.result.every(isUnanswered),
  });
}

function isUnanswered(outcome: PublishOutcome): boolean {
  return outcome.status === 'failed' && !outcome.refused;
}

/**
 * Keeps the promises of a {@link Publisher}. While the breaker is open every message has `failed` at
 * once, without a word to the broker, and its error is the breaker's infrastructure fault: those of an
 * outbox wait there, and whoever sends one that cannot wait knows at once that there is no use in it.
 */
export function guardPublisher(publisher: Publisher, breaker: PublishBreaker): Publisher {
  return {
    async publish(messages) {
      // It would prove nothing, least of all that the broker works again.
      if (messages.length === 0) return [];
      try {
        return await breaker.execute(() => publisher.publish(messages));
      } catch (thrown) {
        const error = asError(thrown);
        return messages.map(() => ({ status: 'failed', error }));
      }
    },
  };
}

/** A broker with a guarded publisher. */
export interface GuardedBroker extends Broker {
  /** The same one, for what is neither to open the breaker nor to be held back by it. */
  readonly unguarded: Broker;
}

/** `broker` with its publisher guarded; consuming goes on as it was. */
export function guardBroker(broker: Broker, breaker: PublishBreaker): GuardedBroker {
  return { ...withPublisher(broker, guardPublisher(broker.publisher, breaker)), unguarded: broker };
}

/**
 * For the broker's events: open while its connection is lost, which says more than calls that fail, and
 * closed as soon as it stands again, so that nothing waits for a pause to be over.
 */
export function openWhileAway(breaker: PublishBreaker): OnBrokerEvent {
  let close: (() => void) | undefined;
  return ({ kind }) => {
    if (kind === 'disconnected') close ??= breaker.holdOpen();
    if (kind === 'connected') {
      close?.();
      close = undefined;
    }
  };
}
