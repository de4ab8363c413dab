import { Type } from 'typebox';
import { Amount, Currency, Money, OrderId, Priority, Sku, StockLine } from '../vocabulary.ts';

// The total and priority of the order travel along, so that payment needs to ask nobody what to charge.
const toBeReserved = { orderId: OrderId, items: Type.Array(StockLine), total: Money, priority: Priority };

export const inventoryMessages = {
  'inventory.reserve': { kind: 'command', version: 1, data: Type.Object(toBeReserved) },
  // Also before anything was reserved: then nothing will be.
  'inventory.release': { kind: 'command', version: 1, data: Type.Object({ orderId: OrderId }) },
  'inventory.reserved': {
    kind: 'event',
    version: 1,
    data: Type.Object(toBeReserved),
  },
  'inventory.rejected': {
    kind: 'event',
    version: 1,
    data: Type.Object({
      orderId: OrderId,
      reason: Type.Literal('out-of-stock'),
      missing: Type.Array(
        Type.Object({ sku: Sku, wanted: Type.Integer(), available: Type.Integer({ minimum: 0 }) }),
      ),
    }),
  },
  // No items say: nothing had been reserved, and now nothing will be.
  'inventory.released': {
    kind: 'event',
    version: 1,
    data: Type.Object({ orderId: OrderId, items: Type.Array(StockLine) }),
  },
  'product.created': {
    kind: 'event',
    version: 1,
    data: Type.Object({ sku: Sku, name: Type.String(), price: Money }),
  },
  'inventory.quote': {
    kind: 'request',
    version: 1,
    data: Type.Object({ skus: Type.Array(Sku, { minItems: 1 }) }),
  },
  'inventory.quoted': {
    kind: 'reply',
    version: 1,
    data: Type.Object({
      products: Type.Array(
        Type.Object({ sku: Sku, name: Type.String(), unitPrice: Amount, currency: Currency }),
      ),
      unknown: Type.Array(Sku),
    }),
  },
} as const;
