import { setTimeout as sleep } from 'node:timers/promises';

/** ms between two checks: often at first, and then so seldom that asking is not what keeps a small machine busy. */
const [soonest, latest] = [15, 100];

/**
 * Repeats `check` until it no longer throws, and resolves with what it returns. The longer it has waited, the longer it waits
 * before it looks again: a twentieth of that, within the two limits above.
 *
 * Rejects with its last error once `timeoutMs` (default 10,000) have passed.
 */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  { timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {},
): Promise<Result> {
  const begun = performance.now();
  for (;;) {
    try {
      return await check();
    } catch (error) {
      const waited = performance.now() - begun;
      if (waited > timeoutMs) throw error;
      await sleep(Math.min(latest, Math.max(soonest, waited / 20)));
    }
  }
}
