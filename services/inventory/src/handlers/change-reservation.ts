import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Reservations } from '../adapters/reservations.ts';
import {
  decide,
  evolve,
  movementsOf,
  type Rejection,
  type ReservationCommand,
  type ReservationEvent,
} from '../domain/reservation.ts';
import type { Available } from '../domain/stock.ts';

/**
 * What every message about an order's stock leads to: hold the rows, decide, save. `skus` are the
 * products whose stock the command depends on.
 */
export async function changeReservation(
  tx: Tx,
  reservations: Reservations,
  orderId: string,
  commandFor: (available: Available) => ReservationCommand,
  skus: readonly string[] = [],
): Promise<readonly ReservationEvent[] | Rejection> {
  const held = await reservations.hold(tx, orderId, skus);
  const decision = decide(commandFor(held.available), held.reservation);
  if ('rejected' in decision || decision.length === 0) return decision;
  await reservations.save(
    tx,
    orderId,
    decision.reduce(evolve, held.reservation),
    decision.flatMap(movementsOf),
  );
  return decision;
}
