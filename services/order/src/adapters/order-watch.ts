/** Lets requests wait for an order's end without asking the database again and again. */
export interface OrderWatch {
  /** Resolves when the order has ended, `timeoutMs` have passed, or everything is released. */
  ended(orderId: string, timeoutMs: number): Promise<void>;
  /** To be called after the commit that ended the order. */
  tell(orderId: string): void;
  /** Lets all who wait go, and whoever comes later too: the process stops. */
  releaseAll(): void;
  readonly released: boolean;
}

export function createOrderWatch(): OrderWatch {
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
    async ended(orderId, timeoutMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const group = waiting.get(orderId) ?? new Set();
      waiting.set(orderId, group.add(resolve));
      const timer = setTimeout(resolve, timeoutMs);
      await promise;
      clearTimeout(timer);
      group.delete(resolve);
      if (group.size === 0 && waiting.get(orderId) === group) waiting.delete(orderId);
    },
  };
}
