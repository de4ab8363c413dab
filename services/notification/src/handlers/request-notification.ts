import type { Handle } from '@conveyor/service-kit/messaging/message';

/** An order has ended: one message about it, which fans out to every channel. */
export const requestNotification: Handle<'order.completed' | 'order.cancelled'> = async (_tx, message) => {
  const { orderId, customerId, total, priority } = message.data;
  const ending =
    'reason' in message.data
      ? ({ outcome: 'cancelled', reason: message.data.reason } as const)
      : ({ outcome: 'completed' } as const);
  return [
    {
      type: 'notification.requested',
      subject: orderId,
      data: { orderId, customerId, total, priority, ...ending },
    },
  ];
};
