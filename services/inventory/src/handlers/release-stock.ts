import type { StockLine } from '@conveyor/contracts';
import type { Draft } from '@conveyor/contracts/messages';
import { PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Handle } from '@conveyor/service-kit/messaging/message';
import type { Reservations } from '../adapters/reservations.ts';
import type { Rejection } from '../domain/reservation.ts';
import { changeReservation } from './change-reservation.ts';

/**
 * Gives back what was promised to an order that failed or was cancelled; whichever of the two
 * messages comes first does it. Without a promise to give back there is nothing to tell.
 */
export function releaseStock(reservations: Reservations): Handle<'payment.failed' | 'order.cancelled'> {
  return async (tx, { data: { orderId } }) => {
    const items = await release(tx, reservations, orderId);
    return 'rejected' in items || items.length === 0 ? [] : [released(orderId, items)];
  };
}

/**
 * The same because somebody asked for it, and waits: always answered, without items where nothing was given back.
 * Once that is told, nothing will be promised to the order any more.
 */
export function releaseOnCommand(reservations: Reservations): Handle<'inventory.release'> {
  return async (tx, { data: { orderId } }) => {
    const items = await release(tx, reservations, orderId);
    // No repetition can bring back what has left the shelf; that somebody asks for it is for a person to look at.
    if ('rejected' in items) throw new PermanentFault(items.rejected, `order ${orderId} has been sold`);
    return [released(orderId, items)];
  };
}

/** What was given back just now. */
async function release(
  tx: Tx,
  reservations: Reservations,
  orderId: string,
): Promise<readonly StockLine[] | Rejection> {
  const decision = await changeReservation(tx, reservations, orderId, () => ({ type: 'release' }));
  if ('rejected' in decision) return decision;
  return decision.flatMap((event) => (event.type === 'released' ? event.items : []));
}

function released(orderId: string, items: readonly StockLine[]): Draft {
  return { type: 'inventory.released', subject: orderId, data: { orderId, items: [...items] } };
}
