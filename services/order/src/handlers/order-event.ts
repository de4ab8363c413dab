import {
  type Draft,
  isMessageType,
  type MessageType,
  upcastStored,
  versionOf,
} from '@conveyor/contracts/messages';
import type { Story } from '@conveyor/patterns/correlation-tracing/story';
import { nextTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { TransientFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { eventId } from '@conveyor/patterns/event-sourcing/event-id';
import type { NewEvent, StoredEvent } from '@conveyor/patterns/event-sourcing/event-store';
import type { OrderEvent } from '../domain/order.ts';

/** An event as it is stored, as number `version` of its stream; with its story, so that its message can be sent again as it was. */
export function toStore(
  { type, data }: OrderEvent,
  version: number,
  cause: Story,
  recordedAt: Date,
): StoredEvent & NewEvent {
  const metadata: Story = {
    correlationid: cause.correlationid,
    ...(cause.causationid !== undefined && { causationid: cause.causationid }),
    traceparent: nextTraceparent(cause.traceparent),
  };
  return { version, type, schemaVersion: versionOf(type), data, metadata, recordedAt };
}

/** The message that tells of a stored event: the same one whenever it is made. */
export function messageOf(orderId: string, event: StoredEvent): Draft {
  const { type, data } = fromStore(event);
  const { version, recordedAt } = event;
  const { traceparent } = event.metadata as Story;
  return {
    type,
    id: eventId('order', orderId, version),
    time: recordedAt.toISOString(),
    traceparent,
    subject: orderId,
    data: { ...data, version },
  } as Draft;
}

/**
 * A stored event as today's domain knows it.
 *
 * @throws TransientFault when a newer release of this service has stored it: messages of this order are tried again for as long as their
 * retry ladder lasts, and are then dead letters, to be redriven once all is upgraded. Those of all others go on.
 */
export function fromStore({
  type,
  schemaVersion,
  data,
}: Pick<StoredEvent, 'type' | 'schemaVersion' | 'data'>): OrderEvent {
  const known = isMessageType(type) ? versionOf(type) : 0;
  if (schemaVersion > known)
    throw new TransientFault(
      'newer-release',
      `version ${schemaVersion} of ${type}, and ${known} is known here`,
    );
  return { type, data: upcastStored(type as MessageType, schemaVersion, data) } as OrderEvent;
}
