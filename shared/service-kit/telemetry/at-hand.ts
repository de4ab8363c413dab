import { AsyncLocalStorage } from 'node:async_hooks';
import { nextHop, type Story } from '@conveyor/patterns/correlation-tracing/story';
import { traceIdOf } from '@conveyor/patterns/correlation-tracing/trace-context';
import { isTracing } from './spans.ts';

/** What is being worked on: a message, or a client's request. */
export interface AtHand {
  /** Where spans are measured: that of the span which does the work. Else as it came. */
  readonly traceparent: string | undefined;
  readonly correlationId: string | undefined;
  readonly orderId: string | undefined;
}

const storage = new AsyncLocalStorage<AtHand>();

/** Does `work`, and whatever follows from it, with this at hand. */
export function withAtHand<Result>(atHand: AtHand, work: () => Result): Result {
  return storage.run(atHand, work);
}

/** By what a log line, whoever writes it, is found with all others of the same story. */
export function fieldsAtHand(): object {
  const atHand = storage.getStore();
  if (!atHand) return {};
  const { traceparent, correlationId, orderId } = atHand;
  return { trace_id: traceIdOf(traceparent), correlation_id: correlationId, order_id: orderId };
}

/**
 * The story as a message carries it that follows from this one. Where spans are measured: with the span that does the work, or
 * else, for what the time has led to, with that of the story. Where they are not: as chapter 14 has it, a new hop.
 */
export function followingStory<Known extends Story>(story: Known): Known {
  if (!isTracing()) return nextHop(story);
  return { ...story, traceparent: storage.getStore()?.traceparent ?? story.traceparent };
}
