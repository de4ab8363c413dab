import { isFinal, type PlacedOrder } from './placed-orders.ts';

/** The open orders that come after the order `last`, and then from the oldest on: however many there are, each has its turn. */
export function inTurn(
  newestFirst: readonly PlacedOrder[],
  last: string | undefined,
  most: number,
): readonly PlacedOrder[] {
  const orders = newestFirst.toReversed();
  // What is not there any more was the oldest of all.
  const next = orders.findIndex(({ orderId }) => orderId === last) + 1;
  return [...orders.slice(next), ...orders.slice(0, next)]
    .filter(({ status }) => !isFinal(status))
    .slice(0, most);
}
