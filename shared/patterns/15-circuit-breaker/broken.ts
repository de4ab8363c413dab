import type { Breaker } from './breaker.ts';

/** A call that rejects when the other side is unwell. */
export type Call = () => Promise<void>;

/**
 * BUG: what fails while the breaker is open is dropped: its refusals, and the call that has just opened it. "The circuit is open, so it is
 * handled": the message is acknowledged, and nobody makes the call later. All is well for as long as the breaker stays closed.
 */
export async function dropWhileOpen(breaker: Breaker<void>, call: Call): Promise<void> {
  try {
    await breaker.execute(call);
  } catch (error) {
    if (breaker.state === 'closed') throw error;
    // "The circuit is open, so there is nothing to be done."
  }
}

/**
 * BUG: given up after three tries. An outage of the other side uses up the tries of a message that is in order: after three it is
 * gone, and the next one is sent into the same outage. All is well for as long as outages are shorter than three tries.
 */
export async function giveUpAfterThree(call: Call): Promise<void> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    try {
      await call();
      return;
    } catch {
      // Once more, at once.
    }
  }
}

/**
 * BUG: no breaker. "What fails is repeated until it works, so nothing is lost": true, and that is why nobody misses anything. But
 * all that waits calls again and again, and the longer the outage lasts, the more there is of it: recovery begins under all that load.
 */
export async function callWithoutBreaker(call: Call): Promise<void> {
  await call();
}
