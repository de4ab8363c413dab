import { randomUUID } from 'node:crypto';
import type { ProductChange } from '@conveyor/contracts/http';
import type { Client } from './client.ts';

const price = { amount: 500, currency: 'EUR' } as const;

/** Makes a product that nobody else buys, and answers its sku. */
export async function newProduct(client: Client, change: ProductChange): Promise<string> {
  const sku = `thing-${randomUUID()}`;
  const body = { name: 'Thing', price, ...change };
  const { status } = await client.call('PUT', `/api/products/${sku}`, { admin: true, body });
  if (status !== 201) throw new Error(`a product could not be made: ${status}`);
  return sku;
}
