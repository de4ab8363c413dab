import type { Money, PaymentToken } from '@conveyor/contracts';
import type { Breaker } from '@conveyor/patterns/circuit-breaker/breaker';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { type Answer, callHttp } from './call-http.ts';

/** What to charge. The provider charges a `key` once, however often it is asked. */
export interface ProviderCharge {
  readonly key: string;
  readonly orderId: string;
  readonly amount: Money;
  readonly token: PaymentToken;
}

/**
 * `charged`, `declined` and `voided` are final. `unreachable`: the request certainly never arrived.
 * `held-back`: it was not made, because the breaker is open. After `unavailable` and `timed-out` nobody knows.
 */
export type ChargeResult =
  | 'charged'
  | 'declined'
  | 'voided'
  | 'unavailable'
  | 'unreachable'
  | 'held-back'
  | 'timed-out';

/**
 * `held-back`: the provider was not asked, because the breaker is open. `refused`: asked again at once it would say the same. After
 * `no-answer` nobody knows.
 */
export type VoidResult = { readonly refundedAmount: number } | 'held-back' | 'refused' | 'no-answer';

/** The payment provider, behind a breaker. A call takes `limitMs` at most; it rejects only when `signal` fires. */
export interface Provider {
  charge(charge: ProviderCharge, limitMs: number, signal: AbortSignal): Promise<ChargeResult>;
  /** Makes sure that nothing is charged under `key`, now or ever. */
  void(key: string, limitMs: number, signal: AbortSignal): Promise<VoidResult>;
  /** Resolves when the breaker would let a call through, after `limitMs` at the latest. */
  ready(limitMs: number, signal: AbortSignal): Promise<void>;
}

/** The part that matters here; `amount` is 0 where nothing had been charged. */
const VoidAnswer = Type.Object({ amount: Type.Integer({ minimum: 0 }) });

/**
 * The provider at `url`, over connections that are kept open between calls. A charge under way when the
 * signal fires may still take `finishWithinMs`: cut off at once, a charge that had only lost its
 * broker would come back as one of which nobody knows.
 */
export function createProvider(url: string, finishWithinMs: number, breaker: Breaker<Answer>): Provider {
  return {
    ready: (limitMs, signal) => breaker.ready(limitMs, signal),

    async charge({ key, orderId, amount: { amount, currency }, token }, limitMs, signal) {
      const body = { key, orderId, amount, currency, token };
      const late = firesLate(signal, finishWithinMs);
      try {
        const answer = await unlessOpen(breaker, () =>
          callHttp(`${url}/charges`, { method: 'POST', body }, limitMs, late.signal),
        );
        return 'failed' in answer ? answer.failed : readChargeStatus(answer.status);
      } finally {
        late.forget();
      }
    },

    async void(key, limitMs, signal) {
      const target = `${url}/charges/${encodeURIComponent(key)}/void`;
      const answer = await unlessOpen(breaker, () => callHttp(target, { method: 'POST' }, limitMs, signal));
      if ('failed' in answer) return answer.failed === 'held-back' ? 'held-back' : 'no-answer';
      if (isRefusal(answer.status)) return 'refused';
      if (answer.status !== 200 || !Value.Check(VoidAnswer, answer.body)) return 'no-answer';
      return { refundedAmount: answer.body.amount };
    },
  };
}

/** The request itself is at fault, but for those that came too slowly or too often. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

async function unlessOpen(
  breaker: Breaker<Answer>,
  call: () => Promise<Answer>,
): Promise<Answer | { readonly failed: 'held-back' }> {
  try {
    return await breaker.execute(call);
  } catch (error) {
    if (error instanceof InfrastructureFault) return { failed: 'held-back' };
    throw error;
  }
}

/** A signal that fires `afterMs` after `signal`. */
function firesLate(signal: AbortSignal, afterMs: number): { readonly signal: AbortSignal; forget(): void } {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const fire = () => {
    timer = setTimeout(() => late.abort(signal.reason), afterMs);
  };
  if (signal.aborted) fire();
  else signal.addEventListener('abort', fire, { once: true });
  return {
    signal: late.signal,
    forget() {
      signal.removeEventListener('abort', fire);
      clearTimeout(timer);
    },
  };
}

/** Whatever else it answers (an error, a proxy's page) decides nothing: the time limit and the void will. */
function readChargeStatus(status: number): ChargeResult {
  if (status === 201) return 'charged';
  if (status === 402) return 'declined';
  if (status === 409) return 'voided';
  return 'unavailable';
}
