import { Type } from 'typebox';
import { CancelReason, CustomerId, Money, OrderId, Priority } from '../vocabulary.ts';

export const Channel = Type.Enum(['email', 'sms', 'push']);

export const notificationMessages = {
  'notification.requested': {
    kind: 'event',
    version: 1,
    data: Type.Object({
      orderId: OrderId,
      customerId: CustomerId,
      total: Money,
      priority: Priority,
      outcome: Type.Enum(['completed', 'cancelled']),
      reason: Type.Optional(CancelReason),
    }),
  },
  'notification.delivered': {
    kind: 'event',
    version: 1,
    data: Type.Object({ orderId: OrderId, channel: Channel }),
  },
} as const;
