import { followingId } from '@conveyor/patterns/idempotent-consumer/following-id';
import type { Handle } from '@conveyor/service-kit/messaging/message';

/**
 * An order has ended: one message about it, which fans out to every channel. Its id follows from that of the ending: told again
 * when the inbox has forgotten it (the log is published anew, say), it asks for the same notification, which has been delivered.
 */
export const requestNotification: Handle<'order.completed' | 'order.cancelled'> = async (_tx, message) => {
  const { orderId, customerId, total, priority } = message.data;
  const ending =
    'reason' in message.data
      ? ({ outcome: 'cancelled', reason: message.data.reason } as const)
      : ({ outcome: 'completed' } as const);
  return [
    {
      type: 'notification.requested',
      id: followingId(message.id, 'notification'),
      subject: orderId,
      data: { orderId, customerId, total, priority, ...ending },
    },
  ];
};
