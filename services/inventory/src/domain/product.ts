import type { Money } from '@conveyor/contracts';
import type { ProductChange } from '@conveyor/contracts/http';

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
  readonly stock: { readonly onHand: number; readonly reserved: number; readonly sold: number };
}

/** `delta` is what has to be written down as an adjustment. */
export type ProductDecision =
  | { readonly outcome: 'created' | 'changed'; readonly product: Product; readonly delta: number }
  | { readonly rejected: 'incomplete'; readonly missing: readonly ('name' | 'price')[] }
  | { readonly rejected: 'below-reserved'; readonly reserved: number };

/** What `change` does not name stays. A new product needs a name and a price. A shelf cannot hold less than what has been promised from it. */
export function decideProduct(
  sku: string,
  change: ProductChange,
  current: Product | undefined,
): ProductDecision {
  return current ? changed(current, change) : created(sku, change);
}

function created(sku: string, { name, price, onHand = 0 }: ProductChange): ProductDecision {
  if (name === undefined || price === undefined) {
    return {
      rejected: 'incomplete',
      missing: [
        ...(name === undefined ? ['name' as const] : []),
        ...(price === undefined ? ['price' as const] : []),
      ],
    };
  }
  return {
    outcome: 'created',
    product: { sku, name, price, stock: { onHand, reserved: 0, sold: 0 } },
    delta: onHand,
  };
}

function changed(current: Product, change: ProductChange): ProductDecision {
  const { onHand = current.stock.onHand } = change;
  const { reserved } = current.stock;
  if (onHand < reserved) return { rejected: 'below-reserved', reserved };
  return {
    outcome: 'changed',
    product: {
      ...current,
      name: change.name ?? current.name,
      price: change.price ?? current.price,
      stock: { ...current.stock, onHand },
    },
    delta: onHand - current.stock.onHand,
  };
}
