/**
 * Lets many share one run of `action`: each gets one that begins after it has asked, and there is never more than one at
 * a time. For a refresh, which shows whatever was written before it began.
 */
export function sharedRefresh(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  return () => {
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        running = action();
        return running;
      });
    return next;
  };
}
