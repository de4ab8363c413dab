/** The outcome of `work`, or an error naming `what` when there is none after `ms`. The work itself is not stopped. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const expired = Promise.withResolvers<never>();
  const timer = setTimeout(() => expired.reject(new Error(`${what}: no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for `work` to end, however it ends, but never longer than `ms`: for taking leave of a peer that may be gone. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  await within(ms, 'ending', work).catch(() => {});
}
