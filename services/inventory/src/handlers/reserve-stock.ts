import type { Draft, MessageData } from '@conveyor/contracts/messages';
import { TransientFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { FaultSwitch } from '@conveyor/service-kit/fault-switch';
import type { Handle } from '@conveyor/service-kit/messaging/message';
import type { Reservations } from '../adapters/reservations.ts';
import type { ReservationEvent } from '../domain/reservation.ts';
import type { Available } from '../domain/stock.ts';
import { changeReservation } from './change-reservation.ts';

export interface ReserveStockPorts {
  readonly reservations: Reservations;
  readonly faults: Pick<FaultSwitch<'inventory'>, 'draw'>;
}

const emptyShelves: Available = new Map();

/** A new order, or the command to reserve for one. */
type Wish = 'order.created' | 'inventory.reserve';

/** Promises an order all that it wants, or tells what is missing. An order given up before gets no answer. */
export function reserveStock({ reservations, faults }: ReserveStockPorts): Handle<Wish> {
  return async (tx, { data: order }) => {
    const fault = faults.draw('inventory');
    if (fault === 'error') throw new TransientFault('fault-switched-on', 'a learner made reservations fail');
    const decision = await changeReservation(
      tx,
      reservations,
      order.orderId,
      (available) => ({
        type: 'reserve',
        items: order.items,
        available: fault === 'decline' ? emptyShelves : available,
      }),
      order.items.map(({ sku }) => sku),
    );
    return 'rejected' in decision ? [] : decision.flatMap((event) => tell(order, event));
  };
}

function tell({ orderId, total, priority }: MessageData<Wish>, event: ReservationEvent): Draft[] {
  switch (event.type) {
    case 'reserved':
      return [
        {
          type: 'inventory.reserved',
          subject: orderId,
          data: { orderId, items: [...event.items], total, priority },
        },
      ];
    case 'rejected':
      return [
        {
          type: 'inventory.rejected',
          subject: orderId,
          data: { orderId, reason: 'out-of-stock', missing: [...event.missing] },
        },
      ];
    default:
      return [];
  }
}
