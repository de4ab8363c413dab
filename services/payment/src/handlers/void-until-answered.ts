import { TransientFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { GrowingPause } from '@conveyor/patterns/transactional-outbox/growing-pause';
import type { Provider } from '../adapters/provider.ts';
import { keyOf } from '../domain/charge.ts';

export interface Voiding {
  readonly provider: Provider;
  /** For one call; there is no limit to their number. */
  readonly callLimitMs: number;
  readonly onNoAnswer: (orderId: string) => void;
}

/**
 * Voids until the provider answers, however long that takes: giving up would leave a charge of which
 * nobody knows. What was to be voided is committed before, so after a restart it goes on here.
 *
 * @throws TransientFault when it refuses. The message is tried again by its policy then, and keeps nobody else waiting meanwhile.
 */
export async function voidUntilAnswered(
  { provider, callLimitMs, onNoAnswer }: Voiding,
  orderId: string,
  signal: AbortSignal,
): Promise<{ readonly refundedAmount: number }> {
  const pause = new GrowingPause(100, 5_000);
  for (;;) {
    await provider.ready(callLimitMs, signal);
    const result = await provider.void(keyOf(orderId), callLimitMs, signal);
    if (result === 'held-back') continue; // `ready` tells when to go.
    if (result === 'refused')
      throw new TransientFault('void-refused', `the provider does not void the charge of ${orderId}`);
    if (result !== 'no-answer') return result;
    onNoAnswer(orderId);
    await pause.wait(signal);
  }
}
