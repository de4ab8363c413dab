import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats `check` until it no longer throws, and resolves with what it returns. It asks every few milliseconds at
 * first, and less often the longer it has waited: asking takes processor time from what it waits for.
 *
 * Rejects with its last error once `timeoutMs` (default 10,000) have passed, and with the reason of `signal` once that has fired.
 */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  { timeoutMs = 10_000, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<Result> {
  const since = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await check();
    } catch (error) {
      const waited = performance.now() - since;
      if (waited > timeoutMs) throw error;
      await sleep(Math.min(Math.max(15, waited / 10), 500));
    }
  }
}
