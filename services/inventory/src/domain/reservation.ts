import type { StockLine } from '@conveyor/contracts';
import { type Available, decideReservation, linesPerProduct, type Movement, type Shortage } from './stock.ts';

/**
 * What the inventory holds for one order. `withdrawn` is the tombstone: the order was given up before
 * anything had been reserved for it, and nothing will be.
 */
export type Reservation =
  | { readonly status: 'none' | 'rejected' | 'released' | 'withdrawn' }
  | { readonly status: 'reserved' | 'sold'; readonly items: readonly StockLine[] };

export type ReservationCommand =
  | { readonly type: 'reserve'; readonly items: readonly StockLine[]; readonly available: Available }
  | { readonly type: 'release' }
  | { readonly type: 'sell' };

export type ReservationEvent =
  | { readonly type: 'reserved'; readonly items: readonly StockLine[] }
  | { readonly type: 'rejected'; readonly missing: readonly Shortage[] }
  | { readonly type: 'released'; readonly items: readonly StockLine[] }
  | { readonly type: 'withdrawn' }
  | { readonly type: 'sold'; readonly items: readonly StockLine[] };

export type Rejection = { readonly rejected: 'not-reserved' | 'already-sold' };

export const noReservation: Reservation = { status: 'none' };

/**
 * Decides what becomes of a reservation. No order of arrival is assumed, and each command may come
 * again: what has been done is not done twice, and a release that overtakes its reservation wins.
 *
 * A sale without a reservation is refused: an order completes after it was reserved, so this one has
 * overtaken (it will be right when repeated) or somebody sold what was never promised. A release after
 * the sale is refused as well: what has left the shelf is not given back.
 */
export function decide(
  command: ReservationCommand,
  reservation: Reservation,
): readonly ReservationEvent[] | Rejection {
  switch (command.type) {
    case 'reserve':
      return reservation.status === 'none' ? [reserve(command.items, command.available)] : [];
    case 'release':
      if (reservation.status === 'sold') return { rejected: 'already-sold' };
      if (reservation.status === 'none') return [{ type: 'withdrawn' }];
      return reservation.status === 'reserved' ? [{ type: 'released', items: reservation.items }] : [];
    case 'sell':
      if (reservation.status === 'sold') return [];
      if (reservation.status !== 'reserved') return { rejected: 'not-reserved' };
      return [{ type: 'sold', items: reservation.items }];
    default:
      return command satisfies never;
  }
}

function reserve(items: readonly StockLine[], available: Available): ReservationEvent {
  const lines = linesPerProduct(items);
  const missing = decideReservation(lines, available);
  return missing.length > 0 ? { type: 'rejected', missing } : { type: 'reserved', items: lines };
}

/**
 * The reservation after `event`.
 *
 * @throws Error on an event that this version does not know: nothing right can follow from it.
 */
export function evolve(_reservation: Reservation, event: ReservationEvent): Reservation {
  switch (event.type) {
    case 'reserved':
    case 'sold':
      return { status: event.type, items: event.items };
    case 'rejected':
    case 'released':
    case 'withdrawn':
      return { status: event.type };
    default:
      throw new Error(`unknown event ${(event satisfies never as ReservationEvent).type}`);
  }
}

/** What `event` does to the shelf: `onHand + sold` stays the same whatever happens. */
export function movementsOf(event: ReservationEvent): readonly Movement[] {
  switch (event.type) {
    case 'reserved':
      return event.items.map(({ sku, quantity }) => ({ sku, onHand: 0, reserved: quantity, sold: 0 }));
    case 'released':
      return event.items.map(({ sku, quantity }) => ({ sku, onHand: 0, reserved: -quantity, sold: 0 }));
    case 'sold':
      return event.items.map(({ sku, quantity }) => ({
        sku,
        onHand: -quantity,
        reserved: -quantity,
        sold: quantity,
      }));
    case 'rejected':
    case 'withdrawn':
      return [];
    default:
      return event satisfies never;
  }
}
