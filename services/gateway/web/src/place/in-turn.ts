import { isSettled, type PlacedOrder } from './placed-orders.ts';

/** The orders of which not all is known, those after the order `last` and then from the oldest on: each has its turn, however many they are. */
export function inTurn(
  newestFirst: readonly PlacedOrder[],
  last: string | undefined,
  most: number,
): readonly PlacedOrder[] {
  const orders = newestFirst.toReversed();
  // What is not there any more was the oldest of all.
  const next = orders.findIndex(({ orderId }) => orderId === last) + 1;
  return [...orders.slice(next), ...orders.slice(0, next)]
    .filter((order) => !isSettled(order))
    .slice(0, most);
}
