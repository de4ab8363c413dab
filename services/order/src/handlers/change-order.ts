import type { MessageType } from '@conveyor/contracts/messages';
import type { Handle, Message } from '@conveyor/service-kit/messaging/message';
import { decide, type OrderCommand } from '../domain/order.ts';
import { loadOrder, saveOrder } from './order-stream.ts';

/**
 * What every message to an order leads to: load, decide, save, tell. A rejection is no failure: the
 * order has moved on, and the message has nothing to add.
 */
export function changeOrder<Type extends MessageType>(
  commandFor: (message: Message<Type>) => OrderCommand,
): Handle<Type> {
  return async (tx, message) => {
    const orderId = message.envelope.subject;
    const loaded = await loadOrder(tx, orderId);
    const decision = decide(commandFor(message), loaded.order);
    return 'rejected' in decision ? [] : saveOrder(tx, orderId, loaded, decision);
  };
}
