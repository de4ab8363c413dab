import { type Envelope, newMessageId } from '@conveyor/brokers';
import { dataschemaOf, type MessageData, type MessageType } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import type { Message } from '@conveyor/service-kit/messaging/message';

/** A message about an order as a handler gets it. Its id stays the same when it is delivered again. */
export function orderMessage<Type extends MessageType>(
  type: Type,
  orderId: string,
  data: MessageData<Type>,
  more: Partial<Envelope> = {},
): Message<Type> {
  const id = newMessageId();
  const envelope: Envelope = {
    id,
    type,
    source: '/test',
    subject: orderId,
    time: new Date().toISOString(),
    dataschema: dataschemaOf(type),
    correlationid: `test-${orderId}`,
    traceparent: newTraceparent(),
    saga: 'choreography',
    broker: 'rabbitmq',
    ...more,
  };
  return { id, type, envelope, data };
}
