/** Longer than anything takes of a system that works. */
const limitMs = 600_000;

/**
 * Waits for `work`, though it might never come to an end. Rejects once `signal` has fired, or after ten minutes with what was
 * waited for.
 */
export async function inTime<Result>(
  signal: AbortSignal,
  what: string,
  work: Promise<Result>,
): Promise<Result> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason);
  const tooLate = () => reject(new Error(`after ${limitMs / 60_000} minutes still waiting for ${what}`));
  // Whoever waits besides, when one has given up already, keeps no process alive.
  const timer = setTimeout(tooLate, limitMs).unref();
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}
