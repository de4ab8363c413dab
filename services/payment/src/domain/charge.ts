import type { Money } from '@conveyor/contracts';
import type { Draft } from '@conveyor/contracts/messages';

/**
 * Where the charge of an order stands.
 *
 *     charging ──► charged | declined
 *        └──► voiding ──► timed-out         the provider did not answer in time
 *     any of these, or nothing yet ──► refunding ──► refunded
 *
 * It never goes back, and a refund wins over everything: so whatever is repeated, late or in another
 * order ends in the same place.
 */
export type ChargeStatus =
  | 'charging'
  | 'voiding'
  | 'charged'
  | 'declined'
  | 'timed-out'
  | 'refunding'
  | 'refunded';

/** The one charge that an order can have. */
export interface Charge {
  readonly orderId: string;
  readonly status: ChargeStatus;
  /** What the order costs. */
  readonly amount: Money;
  /** When the provider must have answered, in epoch ms; absent while it has certainly not been called. */
  readonly deadline?: number;
  /** In minor units, once the status is `refunded`: 0 where nothing had been charged. */
  readonly refundedAmount?: number;
}

/** What the order is to be charged, or given back. */
export interface Payable {
  readonly orderId: string;
  readonly amount: Money;
}

/**
 * How the provider was brought to an answer. `voided`: nothing is charged under this order's key,
 * and never will be. `superseded`: somebody else has settled it, so nothing was done.
 */
export type ChargeOutcome = 'charged' | 'declined' | 'voided' | 'superseded';

/** A charge as it is to be saved, and what is to be told of it. */
export interface Settled {
  readonly charge: Charge;
  readonly tell: readonly Draft[];
}

/** The provider's idempotency key: one per order, so it can charge an order only once. */
export function keyOf(orderId: string): string {
  return `charge:${orderId}`;
}

/** The charge that a `payment.charge` asks for, if nothing is known of the order yet. */
export function newCharge({ orderId, amount }: Payable, deadline: number): Charge {
  return { orderId, amount, status: 'charging', deadline };
}

/**
 * Takes up a charge that is known already. One that was never called gets its time now; one whose time
 * is over is voided, never charged again. What is settled, or refunded before it began, stays.
 */
export function resumeCharge(charge: Charge, now: number, deadline: number): Charge {
  if (charge.status !== 'charging') return charge;
  if (charge.deadline === undefined) return { ...charge, deadline };
  return now < charge.deadline ? charge : giveUpCharge(charge);
}

/** Whether the provider still has to be asked: if not, a charge that is wanted is refused, or has been settled. */
export function isPending({ status }: Charge): boolean {
  return status === 'charging' || status === 'voiding';
}

/**
 * The time is over: from now on only a void counts. To be committed before the provider is asked to
 * void, because an answer `charged` that another delivery still holds in its hand must not be settled
 * after the money went back.
 */
export function giveUpCharge(charge: Charge): Charge {
  return charge.status === 'charging' ? { ...charge, status: 'voiding' } : charge;
}

/** The provider was certainly never called: the time begins anew with the next try. */
export function forgetCall(charge: Charge): Charge {
  if (charge.status !== 'charging') return charge;
  const { deadline: _, ...uncalled } = charge;
  return uncalled;
}

/**
 * Settles what became of a charge: told once, by whoever comes first. An outcome after a refund has begun
 * is dropped, the refund tells the end. Rejected while another delivery voids: its answer is the one that counts.
 */
export function endCharge(
  charge: Charge,
  outcome: ChargeOutcome,
): Settled | { readonly rejected: 'being-voided' } {
  if (!isPending(charge)) return { charge, tell: [] };
  const { orderId, amount } = charge;
  if (outcome === 'voided') {
    return { charge: { ...charge, status: 'timed-out' }, tell: [failed(orderId, 'payment-timeout')] };
  }
  if (charge.status === 'voiding' || outcome === 'superseded') return { rejected: 'being-voided' };
  if (outcome === 'declined') {
    return { charge: { ...charge, status: 'declined' }, tell: [failed(orderId, 'payment-declined')] };
  }
  return {
    charge: { ...charge, status: 'charged' },
    tell: [{ type: 'payment.completed', subject: orderId, data: { orderId, amount } }],
  };
}

/** A refund before any charge. It stays as a tombstone, which refuses the charge when that comes after all. */
export function newRefund({ orderId, amount }: Payable): Charge {
  return { orderId, amount, status: 'refunding' };
}

/** From now on no outcome of the charge counts. A refund that is done stays done. */
export function beginRefund(charge: Charge): Charge {
  return charge.status === 'refunded' ? charge : { ...charge, status: 'refunding' };
}

/** The provider has voided the charge and gave `refundedAmount` back. Told once. */
export function endRefund(charge: Charge, refundedAmount: number): Settled {
  if (charge.status === 'refunded') return { charge, tell: [] };
  const { orderId, amount } = charge;
  const data = { orderId, amount: { ...amount, amount: refundedAmount } };
  return {
    charge: { ...charge, status: 'refunded', refundedAmount },
    tell: [{ type: 'payment.refunded', subject: orderId, data }],
  };
}

/**
 * Whether an order that is cancelled needs a refund. Not if it is known that nothing is charged, or if a refund
 * is under way. An order that nothing is known of does: its charge may still be on its way.
 */
export function needsRefund(charge: Charge | undefined): boolean {
  switch (charge?.status) {
    case 'declined':
    case 'timed-out':
    case 'refunding':
    case 'refunded':
      return false;
    case 'charging':
    case 'voiding':
    case 'charged':
    case undefined:
      return true;
  }
}

function failed(orderId: string, reason: 'payment-declined' | 'payment-timeout'): Draft {
  return { type: 'payment.failed', subject: orderId, data: { orderId, reason } };
}
