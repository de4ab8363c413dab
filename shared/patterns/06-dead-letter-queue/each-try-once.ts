import { mayHaveFailed } from './account.ts';
import type { Attempt } from './attempt.ts';
import type { FailedMessages } from './failed-messages.ts';

/**
 * Makes each try of a message once, also when a copy of it comes again that was moved before: the copy is
 * moved again, to the same place, and not tried.
 */
export function eachTryOnce(failed: FailedMessages, attempt: Attempt): Attempt {
  return async (delivery, signal) => {
    // What comes for the first time costs no look.
    if (!mayHaveFailed(delivery)) return attempt(delivery, signal);
    const moved = await failed.moveAgain(delivery);
    if (moved) return moved;
    const ending = await attempt(delivery, signal);
    if (ending === 'done') await failed.handled(delivery);
    return ending;
  };
}
