import type { RetryPolicy } from '@conveyor/patterns/dead-letter-queue/retry-policy';

/** How a subscription's failures are repeated; each names one. */
export type RetryName = 'ladder' | 'until-done';

/**
 * `ladder`: one try, and one more after each wait; then it is a dead letter. `until-done`, for what has to be done in the
 * end (compensations, and the step after which there are none): the same waits, then the last one again and again.
 *
 * Either counts only what is neither the message's own fault (a dead letter at once) nor the infrastructure's (repeated
 * until that is back).
 */
export function retryPolicies(delaysMs: readonly number[]): Readonly<Record<RetryName, RetryPolicy>> {
  return {
    ladder: { delaysMs, thereafter: 'dead-letter' },
    'until-done': { delaysMs, thereafter: 'repeat-last' },
  };
}

/** A message with which so many processes are known to have died, one after the other, is a dead letter, whatever its policy. */
export const knownDeaths = 3;
