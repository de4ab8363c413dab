import type { Broker, OnBrokerEvent, Publisher, PublishOutcome } from '@conveyor/brokers';
import { type Breaker, createBreaker } from './breaker.ts';

export type PublishBreaker = Breaker<readonly PublishOutcome[]>;

/**
 * A breaker for what a process publishes to one broker. A call is a batch, of up to hundreds of messages, and
 * fails only when nothing at all of it is stored: four of these in a row are an outage. A try costs
 * the broker no more than a batch, so the pause need not grow; whoever publishes pauses as well.
 */
export function createPublishBreaker(name: string): PublishBreaker {
  return createBreaker<readonly PublishOutcome[]>({
    name,
    lastCalls: 4,
    atLeast: 4,
    firstPauseMs: 1_000,
    longestPauseMs: 1_000,
    isFailure: (ending) => 'error' in ending || ending.result.every(({ status }) => status === 'failed'),
  });
}

/**
 * Keeps the promises of a {@link Publisher}. While the breaker is open every message has `failed` at
 * once, without a word to the broker: those of an outbox wait there, a question fails before its asker
 * has waited for nothing.
 */
export function guardPublisher(publisher: Publisher, breaker: PublishBreaker): Publisher {
  return {
    async publish(messages) {
      // It would prove nothing, least of all that the broker works again.
      if (messages.length === 0) return [];
      try {
        return await breaker.execute(() => publisher.publish(messages));
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        return messages.map(() => ({ status: 'failed', error }));
      }
    },
  };
}

/** `broker` with its publisher guarded; consuming goes on as it was. */
export function guardBroker(broker: Broker, breaker: PublishBreaker): Broker {
  return {
    name: broker.name,
    publisher: guardPublisher(broker.publisher, breaker),
    start: () => broker.start(),
    connected: (signal) => broker.connected(signal),
    check: () => broker.check(),
    consume: (options) => broker.consume(options),
    replies: (channel, onReply) => broker.replies(channel, onReply),
    replyAddress: (ticket) => broker.replyAddress(ticket),
    close: () => broker.close(),
  };
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
