import type { StockLine } from '@conveyor/contracts';

/** How many units of each product can still be promised. A product that is not in it does not exist. */
export type Available = ReadonlyMap<string, number>;

/** A product of which less is there than an order wants. */
export interface Shortage {
  readonly sku: string;
  readonly wanted: number;
  readonly available: number;
}

/** What a change does to the counts of one product. */
export interface Movement {
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly sold: number;
}

/** One line per product, by sku, whatever a message says: an order that names a product twice is not accepted. */
export function linesPerProduct(items: readonly StockLine[]): readonly StockLine[] {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of items) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  return [...quantities]
    .map(([sku, quantity]) => ({ sku, quantity }))
    .sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** All lines or none: the products of which too little is there. Each product occurs in `lines` once. */
export function decideReservation(lines: readonly StockLine[], stock: Available): readonly Shortage[] {
  return lines
    .map(({ sku, quantity }) => ({ sku, wanted: quantity, available: Math.max(0, stock.get(sku) ?? 0) }))
    .filter(({ wanted, available }) => wanted > available);
}
