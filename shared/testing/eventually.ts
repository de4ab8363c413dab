import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats `check` every few milliseconds until it no longer throws, and resolves with what it returns.
 *
 * Rejects with its last error once `timeoutMs` (default 10,000) have passed.
 */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  { timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {},
): Promise<Result> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(15);
    }
  }
}
