import type { Handle } from '@conveyor/service-kit/messaging/message';
import type { Charges } from '../adapters/charges.ts';
import { needsRefund } from '../domain/charge.ts';

/** Choreography: a cancelled order gives back what was charged, and refuses a charge that is still on its way. */
export function enqueueRefund({ charges }: { readonly charges: Charges }): Handle<'order.cancelled'> {
  return async (tx, { data: { orderId, total } }) => {
    const charge = await charges.lockIfAny(tx, orderId);
    if (!needsRefund(charge)) return [];
    return [{ type: 'payment.refund', subject: orderId, data: { orderId, amount: total } }];
  };
}
