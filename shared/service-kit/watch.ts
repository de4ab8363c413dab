/** Lets requests wait for something that happens to an order, without asking a store again and again. */
export interface Watch {
  /** Resolves when `tell` is called for the order, `timeoutMs` have passed, `signal` fires, or everything is released. */
  told(orderId: string, timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** To be called after the commit of what is waited for. */
  tell(orderId: string): void;
  /** Lets all who wait go, and whoever comes later too: the process stops. */
  releaseAll(): void;
  readonly released: boolean;
}

export function createWatch(): Watch {
  const waiting = new Map<string, Set<() => void>>();
  let released = false;
  const tell = (orderId: string) => {
    for (const release of waiting.get(orderId) ?? []) release();
  };
  return {
    tell,
    get released() {
      return released;
    },
    releaseAll: () => {
      released = true;
      for (const orderId of [...waiting.keys()]) tell(orderId);
    },
    async told(orderId, timeoutMs, signal) {
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const release = () => resolve();
      const group = waiting.get(orderId) ?? new Set();
      waiting.set(orderId, group.add(release));
      const timer = setTimeout(release, timeoutMs);
      signal.addEventListener('abort', release);
      await promise;
      signal.removeEventListener('abort', release);
      clearTimeout(timer);
      group.delete(release);
      if (group.size === 0 && waiting.get(orderId) === group) waiting.delete(orderId);
    },
  };
}
