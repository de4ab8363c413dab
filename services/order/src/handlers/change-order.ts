import type { MessageType } from '@conveyor/contracts/messages';
import { TransientFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Handle, Message } from '@conveyor/service-kit/messaging/message';
import { decide, type OrderCommand } from '../domain/order.ts';
import { loadOrder, saveOrder } from './order-stream.ts';

/**
 * What every message to an order leads to: load, decide, save, tell. A rejection is no failure: the
 * order has moved on, and the message has nothing to add. An order that nobody knows is one: then the
 * message must not count as handled.
 */
export function changeOrder<Type extends MessageType>(
  commandFor: (message: Message<Type>) => OrderCommand,
): Handle<Type> {
  return async (tx, message) => {
    const { subject: orderId, correlationid, traceparent } = message.envelope;
    const loaded = await loadOrder(tx, orderId);
    const decision = decide(commandFor(message), loaded.order);
    const cause = { correlationid, traceparent, causationid: message.id };
    if (!('rejected' in decision)) return saveOrder(tx, orderId, loaded, decision, cause);
    if (decision.rejected === 'unknown-order')
      throw new TransientFault('unknown-order', `no order ${orderId}`);
    return [];
  };
}
