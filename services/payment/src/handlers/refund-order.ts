import type { Effect } from '@conveyor/service-kit/messaging/message';
import type { Charges } from '../adapters/charges.ts';
import { beginRefund, endRefund, newRefund } from '../domain/charge.ts';
import { type Voiding, voidUntilAnswered } from './void-until-answered.ts';

interface Refund {
  readonly orderId: string;
}

/**
 * Gives back what was charged and forbids what was not: for the provider that is one call. It also wins
 * against a charge in flight, whose outcome is then dropped.
 */
export function refundOrder(
  deps: Voiding & { readonly charges: Charges },
): Effect<'payment.refund', Refund, { readonly refundedAmount: number }> {
  const { charges } = deps;
  return {
    async intend(tx, { data }) {
      const { orderId } = data;
      if (await charges.insert(tx, newRefund(data))) return { perform: { orderId } };
      const charge = beginRefund(await charges.lock(tx, orderId));
      await charges.save(tx, charge);
      return charge.status === 'refunded' ? { settled: [] } : { perform: { orderId } };
    },

    perform: ({ orderId }, signal) => voidUntilAnswered(deps, orderId, signal),

    async settle(tx, _message, { orderId }, { refundedAmount }) {
      const { charge, tell } = endRefund(await charges.lock(tx, orderId), refundedAmount);
      await charges.save(tx, charge);
      return tell;
    },
  };
}
