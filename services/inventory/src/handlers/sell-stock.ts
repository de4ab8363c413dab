import { TransientFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Handle } from '@conveyor/service-kit/messaging/message';
import type { Reservations } from '../adapters/reservations.ts';
import { changeReservation } from './change-reservation.ts';

/** A completed order's units leave the shelf. */
export function sellStock(reservations: Reservations): Handle<'order.completed'> {
  return async (tx, { data: { orderId } }) => {
    const decision = await changeReservation(tx, reservations, orderId, () => ({ type: 'sell' }));
    // The one rejection that is not to be swallowed: units were paid for, so they must be accounted for.
    if ('rejected' in decision) {
      throw new TransientFault(
        decision.rejected,
        `order ${orderId} has been completed, but nothing is reserved for it`,
      );
    }
    return [];
  };
}
