import { Type } from 'typebox';
import { Money, OrderId, Priority } from '../vocabulary.ts';

export const paymentMessages = {
  'payment.charge': {
    kind: 'command',
    version: 1,
    data: Type.Object({ orderId: OrderId, amount: Money, priority: Priority }),
  },
  // The amount is what the order costs: a refund may come before the charge, and must still name a currency.
  'payment.refund': { kind: 'command', version: 1, data: Type.Object({ orderId: OrderId, amount: Money }) },
  'payment.completed': {
    kind: 'event',
    version: 1,
    data: Type.Object({ orderId: OrderId, amount: Money }),
  },
  'payment.failed': {
    kind: 'event',
    version: 1,
    data: Type.Object({ orderId: OrderId, reason: Type.Enum(['payment-declined', 'payment-timeout']) }),
  },
  // An amount of 0 says: nothing had been charged, and now nothing will be.
  'payment.refunded': {
    kind: 'event',
    version: 1,
    data: Type.Object({ orderId: OrderId, amount: Money }),
  },
} as const;
