import type { Handle } from '@conveyor/service-kit/messaging/message';
import type { Reservations } from '../adapters/reservations.ts';
import { changeReservation } from './change-reservation.ts';

/**
 * Gives back what was promised to an order that failed or was cancelled; whichever of the two
 * messages comes first does it. Without a promise to give back there is nothing to tell.
 */
export function releaseStock(reservations: Reservations): Handle<'payment.failed' | 'order.cancelled'> {
  return async (tx, { data: { orderId } }) => {
    const decision = await changeReservation(tx, reservations, orderId, () => ({ type: 'release' }));
    if ('rejected' in decision) return [];
    return decision
      .filter((event) => event.type === 'released')
      .map(({ items }) => ({
        type: 'inventory.released',
        subject: orderId,
        data: { orderId, items: [...items] },
      }));
  };
}
