import { pause } from '../pause.ts';

/**
 * How a consumer fetches whose messages must wait: a resumed partition is asked for when the fetch under way is over, after
 * this time at the latest; and whatever is fetched in vain, because it is not due, is little.
 */
export const delayFetching = { maxWaitTimeInMs: 300, maxBytesPerPartition: 64 * 1024 };

/** So long before a message is due it is taken, and then waits in the pool, where it takes up no slot. Longer than a fetch. */
export const lookAheadMs = 400;

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

/** For the pool: how long what has been taken a little early is to wait. Asked again when that time is over, so never early. */
export function heldUntilDue(
  notBefore: number | undefined,
  over: AbortSignal,
): () => Promise<void> | undefined {
  return () => {
    const waitMs = nextLookIn(notBefore, Date.now());
    return waitMs > 0 && !over.aborted ? pause(waitMs, over) : undefined;
  };
}
