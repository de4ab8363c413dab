import type { ProductChange } from '@conveyor/contracts/http';
import type { Story } from '@conveyor/patterns/correlation-tracing/story';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import type { Messaging } from '@conveyor/service-kit/messaging/messaging';
import type { Products } from '../adapters/products.ts';
import { decideProduct, type ProductDecision } from '../domain/product.ts';

export interface PutProductPorts {
  readonly database: Database;
  readonly products: Products;
  readonly send: Messaging['send'];
}

/** `cause`: the request. */
export type PutProduct = (sku: string, change: ProductChange, cause: Story) => Promise<ProductDecision>;

/** Creates or changes a product: the row, its adjustment and the word about it are one transaction. */
export function putProduct({ database, products, send }: PutProductPorts): PutProduct {
  return (sku, change, cause) =>
    database.transaction(async (tx) => {
      const decision = decideProduct(sku, change, await products.lock(tx, sku));
      if ('rejected' in decision) return decision;

      const { outcome, product, delta } = decision;
      await products.save(tx, product);
      if (outcome === 'created') {
        await products.adjust(tx, sku, delta, 'created');
        await send(tx, cause, [
          { type: 'product.created', subject: sku, data: { sku, name: product.name, price: product.price } },
        ]);
      } else if (delta !== 0) {
        await products.adjust(tx, sku, delta, 'set-by-admin');
      }
      return decision;
    });
}
