import type { PaymentToken } from '@conveyor/contracts';
import { InfrastructureFault, PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import type { Effect } from '@conveyor/service-kit/messaging/message';
import type { Charges } from '../adapters/charges.ts';
import type { PaymentTokens } from '../adapters/payment-tokens.ts';
import {
  type Charge,
  type ChargeOutcome,
  endCharge,
  forgetCall,
  giveUpCharge,
  isPending,
  keyOf,
  newCharge,
  resumeCharge,
} from '../domain/charge.ts';
import { type Voiding, voidUntilAnswered } from './void-until-answered.ts';

export interface ChargeOrderDeps extends Voiding {
  readonly database: Database;
  readonly charges: Charges;
  readonly paymentTokens: PaymentTokens;
  /** Epoch ms. */
  readonly now: () => number;
  /** Rejects when `signal` fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From the first call to the last answer, all tries and pauses together. */
  readonly timeoutMs: number;
  /** The pauses between tries; the last one is repeated. */
  readonly retryDelaysMs: readonly number[];
}

interface Attempt {
  readonly charge: Charge;
  /** Whether an earlier delivery may have reached the provider. */
  readonly calledBefore: boolean;
}

/**
 * Charges an order: exactly one of `payment.completed` and `payment.failed` is told, unless a refund
 * came in between.
 *
 * A provider that fails is asked again here, in `perform`, and not by way of the consumer's retry
 * ladder. The ladder counts tries, but what a customer waits for is time: a ladder shorter than the
 * time limit would give the message up with the charge unresolved, a longer one would look at the
 * limit only after its next pause. So the ladder's pauses are used, and the time limit ends them:
 * then the charge is voided, until the provider says what came of it.
 */
export function chargeOrder(deps: ChargeOrderDeps): Effect<'payment.charge', Attempt, ChargeOutcome> {
  const { charges, now, timeoutMs } = deps;
  return {
    async intend(tx, { data }) {
      const time = now();
      const deadline = time + timeoutMs;
      const fresh = newCharge(data, deadline);
      if (await charges.insert(tx, fresh)) return { perform: { charge: fresh, calledBefore: false } };

      const known = await charges.lock(tx, data.orderId);
      const charge = resumeCharge(known, time, deadline);
      if (!isPending(charge)) return { settled: [] };
      await charges.save(tx, charge);
      return { perform: { charge, calledBefore: known.deadline !== undefined } };
    },

    async perform(attempt, signal) {
      const { orderId, status } = attempt.charge;
      if (status === 'charging') {
        const answer = await chargeInTime(deps, attempt, signal);
        if (answer) return answer;
        const { status: left } = await update(deps, orderId, giveUpCharge);
        if (left !== 'voiding') return 'superseded';
      }
      await voidUntilAnswered(deps, orderId, signal);
      return 'voided';
    },

    async settle(tx, { data }, _attempt, outcome) {
      const settled = endCharge(await charges.lock(tx, data.orderId), outcome);
      // Rolled back, so that the message counts as handled only with the outcome of the void.
      if ('rejected' in settled) {
        throw new InfrastructureFault(settled.rejected, 'another delivery voids this charge');
      }
      await charges.save(tx, settled.charge);
      return settled.tell;
    },
  };
}

/** Asks the provider until it gives a final answer; undefined once the time is over. */
async function chargeInTime(
  deps: ChargeOrderDeps,
  { charge, calledBefore }: Attempt,
  signal: AbortSignal,
): Promise<'charged' | 'declined' | 'voided' | undefined> {
  const { provider, now, sleep, retryDelaysMs } = deps;
  const { orderId, amount, deadline } = charge;
  const leftMs = () => (deadline ?? 0) - now();
  let called = calledBefore;

  const token = await tokenOf(deps, orderId, called, signal);
  for (let tries = 1; leftMs() > 0; tries += 1) {
    const result = await provider.charge({ key: keyOf(orderId), orderId, amount, token }, leftMs(), signal);
    if (result === 'charged' || result === 'declined' || result === 'voided') return result;
    const neverArrived = result === 'unreachable' || result === 'held-back';
    if (neverArrived && !called) return waitUncalled(deps, orderId, `provider-${result}`, signal);
    if (!neverArrived) called = true;
    const delayMs = retryDelaysMs[Math.min(tries, retryDelaysMs.length) - 1] ?? 0;
    if (result === 'held-back') await provider.ready(leftMs(), signal);
    else await sleep(Math.max(0, Math.min(delayMs, leftMs())), signal);
  }
  return undefined;
}

async function tokenOf(
  deps: ChargeOrderDeps,
  orderId: string,
  calledBefore: boolean,
  signal: AbortSignal,
): Promise<PaymentToken> {
  const result = await deps.paymentTokens.of(orderId, signal).catch(async (reason: unknown) => {
    // The message goes back to its broker, and the provider has not heard of it: nor has its time begun.
    if (!calledBefore) await update(deps, orderId, forgetCall);
    throw reason;
  });
  if ('token' in result) return result.token;
  if (result.failed === 'unknown-order')
    throw new PermanentFault(result.failed, `no order is called ${orderId}`);
  if (!calledBefore) return waitUncalled(deps, orderId, result.failed, signal);
  throw new InfrastructureFault(result.failed, 'the payment token cannot be had');
}

/**
 * The provider was certainly not called, so the customer's time has not begun: the message is repeated,
 * uncounted, as soon as the provider's breaker lets calls through.
 */
async function waitUncalled(
  deps: ChargeOrderDeps,
  orderId: string,
  code: string,
  signal: AbortSignal,
): Promise<never> {
  await update(deps, orderId, forgetCall);
  await deps.provider.ready(deps.callLimitMs, signal);
  throw new InfrastructureFault(code, 'the charge cannot be asked for yet');
}

function update(
  { database, charges }: ChargeOrderDeps,
  orderId: string,
  change: (charge: Charge) => Charge,
): Promise<Charge> {
  return database.transaction(async (tx) => {
    const charge = change(await charges.lock(tx, orderId));
    await charges.save(tx, charge);
    return charge;
  });
}
