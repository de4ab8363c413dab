import type { Currency, Money, OrderLine } from '@conveyor/contracts';

export interface WantedItem {
  readonly sku: string;
  readonly quantity: number;
}

/** Inventory's answer about one product. `unitPrice` is in minor units of `currency`. */
export interface QuotedProduct {
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: number;
  readonly currency: Currency;
}

export type PricedItems = { readonly items: readonly OrderLine[]; readonly total: Money };

/** `item` is the index of the item to blame; absent where the order as a whole is. */
export interface PricingRejection {
  readonly rejected: 'unknown-sku' | 'mixed-currencies' | 'other-currency' | 'too-much';
  readonly item?: number;
  readonly detail: string;
}

/** The index of the first item whose sku occurred before, or -1. */
export function duplicateSku(items: readonly WantedItem[]): number {
  const seen = new Set<string>();
  return items.findIndex(({ sku }) => seen.size === seen.add(sku).size);
}

/** Prices an order by inventory's quote, never by what the client says. All items share one currency. */
export function price(
  wanted: readonly WantedItem[],
  quoted: readonly QuotedProduct[],
  currency: Currency | undefined,
): PricedItems | PricingRejection {
  const products = new Map(quoted.map((product) => [product.sku, product]));
  const unknown = wanted.findIndex(({ sku }) => !products.has(sku));
  if (unknown >= 0) {
    return { rejected: 'unknown-sku', item: unknown, detail: `is not a product: ${wanted[unknown]?.sku}` };
  }
  const priced = wanted.flatMap(({ sku, quantity }) => {
    const product = products.get(sku);
    return product ? [{ ...product, quantity }] : [];
  });
  const own = priced[0]?.currency ?? 'EUR';
  const odd = priced.findIndex((item) => item.currency !== own);
  if (odd >= 0) {
    return {
      rejected: 'mixed-currencies',
      item: odd,
      detail: `is priced in ${priced[odd]?.currency}, the first item in ${own}`,
    };
  }
  if (currency && currency !== own) {
    return { rejected: 'other-currency', detail: `is ${currency}, but the items are priced in ${own}` };
  }
  const amount = priced.reduce((sum, item) => sum + item.quantity * item.unitPrice, 0);
  // Beyond this a number is no longer exact.
  if (amount > Number.MAX_SAFE_INTEGER)
    return { rejected: 'too-much', detail: 'come to more than a total can be' };
  return {
    items: priced.map(({ sku, name, quantity, unitPrice }) => ({ sku, name, quantity, unitPrice })),
    total: { amount, currency: own },
  };
}
