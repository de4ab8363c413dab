import type { LiveEntry } from '../live/live-entries.ts';
import type { PlacedOrders } from './placed-orders.ts';
import type { Turns } from './turns.ts';

export interface LookUpPorts {
  /** What there is to tell of an order; nothing when nobody answers. */
  readonly lookUp: (orderId: string) => Promise<readonly LiveEntry[]>;
  /** Aborted: none is looked up any more. */
  readonly signal: AbortSignal;
}

/** Looks up the orders whose turn it is; while it is urgent, all of them, one turn after the other, and each is shown at once. */
export async function lookUpNext(
  placed: PlacedOrders,
  turns: Turns,
  { lookUp, signal }: LookUpPorts,
): Promise<void> {
  do {
    const told = await Promise.all(turns.next(placed.view()).map(({ orderId }) => lookUp(orderId)));
    placed.note(told.flat());
  } while (turns.isUrgent && !signal.aborted);
}
