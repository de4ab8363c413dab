import { setTimeout as delay } from 'node:timers/promises';

const firstMs = 50;
const longestMs = 2_000;

/** Waits for `ms`, or until `signal` fires: then it ends at once, without an error. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal && { signal }).catch(() => {});
}

/** The pause before another try: 50 ms after the first failure (`failures` = 0), doubled each time, never above 2 s. */
export function growingPause(failures: number, signal?: AbortSignal): Promise<void> {
  return pause(Math.min(longestMs, firstMs * 2 ** failures), signal);
}
