import { pause } from '../pause.ts';

/**
 * How a consumer fetches whose messages must wait: a resumed partition is asked for after 100 ms at
 * the latest, and whatever is fetched in vain, because it is not due, is little.
 */
export const delayFetching = { maxWaitTimeInMs: 100, maxBytesPerPartition: 64 * 1024 };

/**
 * So long before a message is due its partition is fetched again, which takes a while; what is early by less is waited for
 * with the batch in hand.
 */
export const lookAheadMs = 50;

/** How long a batch may still be waited with: other partitions are not fetched meanwhile, so not long for all its messages together. */
export class Patience {
  leftMs = lookAheadMs;

  async wait(ms: number, over: AbortSignal): Promise<void> {
    const start = Date.now();
    this.leftMs -= ms;
    // A timer may fire a moment early by this clock, and early is what a message must never be. Unless the clock is set back.
    for (let gone = 0; gone >= 0 && gone < ms && !over.aborted; gone = Date.now() - start)
      await pause(ms - gone, over);
  }
}

/** The clock may be set while a timer runs, so the two are compared at least so often. */
const longestMs = 60_000;

/**
 * How many milliseconds from `now` to look again at a message that must not be handled before
 * `notBefore`: a minute at most. 0: it may be handled.
 */
export function nextLookIn(notBefore: number | undefined, now: number): number {
  if (notBefore === undefined) return 0;
  return Math.min(Math.max(0, notBefore - now), longestMs);
}

/**
 * Calls `resume` after `ms`, but not once `over` has fired: then the partition belongs to somebody
 * else, or to a new assignment that may have paused it for a reason of its own.
 */
export async function resumeAfter(ms: number, resume: () => void, over: AbortSignal): Promise<void> {
  await pause(ms, over);
  if (!over.aborted) resume();
}
