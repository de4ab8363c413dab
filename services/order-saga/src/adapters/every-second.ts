import { setTimeout } from 'node:timers/promises';
import type { Stoppable } from '@conveyor/service-kit/stop-in-turn';

/**
 * Runs `task` every second, and again at once while it says that there is more. A failure is told to
 * `onError` and followed by the next run. Stopping waits for the run under way.
 */
export function everySecond(task: () => Promise<boolean>, onError: (error: unknown) => void): Stoppable {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      const isMore = await task().catch((error: unknown) => {
        onError(error);
        return false;
      });
      if (!isMore) await setTimeout(1_000, undefined, { signal }).catch(() => {});
    }
  }

  const running = loop();
  return {
    async stop(graceMs) {
      stopping.abort();
      await Promise.race([running, setTimeout(graceMs, undefined, { ref: false })]);
    },
  };
}
