import type { Currency } from '@conveyor/contracts';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Product } from '../domain/product.ts';

export type AdjustmentReason = 'created' | 'set-by-admin';

export type Products = typeof products;

/** The table `products`, as administrators and customers see it. */
export const products = {
  async list(tx: Tx): Promise<Product[]> {
    const { rows } = await tx.query<ProductRow>(`${select} order by sku`);
    return rows.map(toProduct);
  },

  async find(tx: Tx, sku: string): Promise<Product | undefined> {
    return (await products.findAll(tx, [sku]))[0];
  },

  async findAll(tx: Tx, skus: readonly string[]): Promise<Product[]> {
    const { rows } = await tx.query<ProductRow>(`${select} where sku = any($1) order by sku`, [skus]);
    return rows.map(toProduct);
  },

  /** Keeps everybody else from changing the product, or from creating it, until the transaction ends. */
  async lock(tx: Tx, sku: string): Promise<Product | undefined> {
    // A row that is not there yet cannot be locked; its name can.
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [sku]);
    const { rows } = await tx.query<ProductRow>(`${select} where sku = $1 for update`, [sku]);
    return rows[0] && toProduct(rows[0]);
  },

  async save(tx: Tx, { sku, name, price, stock }: Product): Promise<void> {
    await tx.query(
      `insert into products (sku, name, price_amount, price_currency, on_hand) values ($1, $2, $3, $4, $5)
       on conflict (sku) do update
       set name = excluded.name, price_amount = excluded.price_amount,
           price_currency = excluded.price_currency, on_hand = excluded.on_hand`,
      [sku, name, price.amount, price.currency, stock.onHand],
    );
  },

  async adjust(tx: Tx, sku: string, delta: number, reason: AdjustmentReason): Promise<void> {
    await tx.query('insert into adjustments (sku, delta, reason) values ($1, $2, $3)', [sku, delta, reason]);
  },
};

const select = 'select sku, name, price_amount, price_currency, on_hand, reserved, sold from products';

interface ProductRow {
  readonly sku: string;
  readonly name: string;
  readonly price_amount: number;
  readonly price_currency: Currency;
  readonly on_hand: number;
  readonly reserved: number;
  readonly sold: number;
}

function toProduct(row: ProductRow): Product {
  return {
    sku: row.sku,
    name: row.name,
    price: { amount: row.price_amount, currency: row.price_currency },
    stock: { onHand: row.on_hand, reserved: row.reserved, sold: row.sold },
  };
}
