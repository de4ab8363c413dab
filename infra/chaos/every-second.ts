import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 1_000;

/** Looks again and again, a second after each look, until it is stopped; that waits for the look under way. */
export function everySecond(look: () => Promise<void>): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  async function lookOn(): Promise<void> {
    while (!signal.aborted) {
      await look();
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  }
  const looking = lookOn();
  return {
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}
