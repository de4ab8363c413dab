import type { Envelope } from '@conveyor/brokers';
import { type MessageData, type OrderEventType, orderEventTypes } from '@conveyor/contracts/messages';
import { PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Message } from '@conveyor/service-kit/messaging/message';
import type { OrderEvent } from '../domain/order-document.ts';

/** An event of an order, with the envelope that it came in. */
export type LoggedEvent = OrderEvent & { readonly envelope: Envelope };

/**
 * What a message of the log tells.
 *
 * @throws PermanentFault when it is no event of an order.
 */
export function loggedEvent({ type, envelope, data }: Message): LoggedEvent {
  if (!orderEventTypes.some((known) => known === type))
    throw new PermanentFault('unexpected-type', `${type} is no event of an order`);
  const { orderId, version } = data as MessageData<OrderEventType>;
  return { type, time: envelope.time, streamId: orderId, version, data, envelope } as LoggedEvent;
}
