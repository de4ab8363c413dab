import { Type } from 'typebox';
import { Amount, Currency, Money, OrderId, Priority, Sku, StockLine } from '../vocabulary.ts';

export const inventoryMessages = {
  'inventory.reserved': {
    kind: 'event',
    version: 1,
    // The total and priority of the order travel along, so that payment needs to ask nobody what to charge.
    data: Type.Object({ orderId: OrderId, items: Type.Array(StockLine), total: Money, priority: Priority }),
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
