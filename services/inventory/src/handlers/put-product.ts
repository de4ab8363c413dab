import type { ProductChange } from '@conveyor/contracts/http';
import type { Draft } from '@conveyor/contracts/messages';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Products } from '../adapters/products.ts';
import { decideProduct, type ProductDecision } from '../domain/product.ts';

export interface PutProductPorts {
  readonly database: Database;
  readonly products: Products;
}

/** Puts messages into the outbox, each with the request as its cause. */
export type Send = (tx: Tx, drafts: readonly Draft[]) => Promise<void>;

export type PutProduct = (sku: string, change: ProductChange, send: Send) => Promise<ProductDecision>;

/** Creates or changes a product: the row, its adjustment and the word about it are one transaction. */
export function putProduct({ database, products }: PutProductPorts): PutProduct {
  return (sku, change, send) =>
    database.transaction(async (tx) => {
      const decision = decideProduct(sku, change, await products.lock(tx, sku));
      if ('rejected' in decision) return decision;

      const { outcome, product, delta } = decision;
      await products.save(tx, product);
      if (outcome === 'created') {
        await products.adjust(tx, sku, delta, 'created');
        await send(tx, [
          { type: 'product.created', subject: sku, data: { sku, name: product.name, price: product.price } },
        ]);
      } else if (delta !== 0) {
        await products.adjust(tx, sku, delta, 'set-by-admin');
      }
      return decision;
    });
}
