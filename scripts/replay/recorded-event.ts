import type { OrderEvent } from '../../services/order/src/domain/order.ts';
import { fromStore } from '../../services/order/src/handlers/order-event.ts';
import type { Delivery } from '../../shared/brokers/index.ts';
import { readBody } from '../../shared/contracts/messages/index.ts';
import { eventId } from '../../shared/patterns/08-event-sourcing/event-id.ts';
import type { StoredEvent } from '../../shared/patterns/08-event-sourcing/event-store.ts';

/** An event of an order as it is recorded, be it in the log or in the event store: both must say the same. */
export interface RecordedEvent {
  readonly version: number;
  readonly type: string;
  /** RFC 3339. Undefined of one from before both had the same time, to the millisecond. */
  readonly time: string | undefined;
  /** In today's shape, whatever it was when it was written. */
  readonly data: OrderEvent['data'];
}

/** What the log holds, or why it cannot be understood. */
export function inLog({
  attributes,
  body,
}: Pick<Delivery, 'attributes' | 'body'>): RecordedEvent | Unreadable {
  const { id, type = '', dataschema = '', readableby, subject = '', time } = attributes;
  const read = readBody<OrderEvent['type']>(type, dataschema, body, readableby);
  if ('code' in read) return { unreadable: `${id}: ${read.detail}` };
  const { version, ...data } = read.data;
  const isDerived = id === eventId('order', subject, version);
  return { version, type, time: isDerived ? time : undefined, data };
}

export interface Unreadable {
  readonly unreadable: string;
}

/** A stored event that cannot be understood: somebody has edited it, or a newer release has written it. */
export interface UnreadableStored extends Unreadable {
  readonly version: number;
}

/** What the event store holds, or why it cannot be understood. */
export function inStore(event: StoredEvent): RecordedEvent | UnreadableStored {
  const { version, type, recordedAt, metadata } = event;
  const hasItsTime = Object.hasOwn(metadata as object, 'traceparent');
  const time = hasItsTime ? recordedAt.toISOString() : undefined;
  try {
    return { version, type, time, data: fromStore(event).data };
  } catch (error) {
    return { version, unreadable: error instanceof Error ? error.message : String(error) };
  }
}

export function isReadable(event: RecordedEvent | UnreadableStored): event is RecordedEvent {
  return !('unreadable' in event);
}

/** For the domain. */
export function toOrderEvent({ type, data }: RecordedEvent): OrderEvent {
  return { type, data } as OrderEvent;
}
