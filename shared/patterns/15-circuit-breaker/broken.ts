import type { Breaker } from './breaker.ts';

/** A call that rejects when the other side is unwell. */
export type Call = () => Promise<void>;

/**
 * BUG: what is not sent is dropped. The breaker saves the other side from being called, and "handles" its own refusal:
 * the message is acknowledged, and nobody makes the call later. All is well for as long as the breaker stays closed.
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
 * BUG: no breaker. An outage of the other side uses up the tries of a message that is in order: after three it is given
 * up, and the next one is sent into the same outage. All is well for as long as outages are shorter than three tries.
 */
export async function callWithoutBreaker(call: Call): Promise<void> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    try {
      await call();
      return;
    } catch {
      // Once more, at once.
    }
  }
}
