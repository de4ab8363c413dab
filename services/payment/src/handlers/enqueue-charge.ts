import type { Handle } from '@conveyor/service-kit/messaging/message';

/**
 * Choreography: what has been reserved is to be charged. Charging is a task of its own, with priorities
 * and a place to wait in; the orchestrator's command is the same task.
 */
export const enqueueCharge: Handle<'inventory.reserved'> = async (_tx, { data }) => {
  const { orderId, total, priority } = data;
  return [{ type: 'payment.charge', subject: orderId, data: { orderId, amount: total, priority } }];
};
