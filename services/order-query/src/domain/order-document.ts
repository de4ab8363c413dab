import type { OrderView } from '@conveyor/contracts/http';
import type { MessageData, OrderEventType } from '@conveyor/contracts/messages';

/** An event of the order, with the time at which it was written. */
export type OrderEvent = {
  [Type in OrderEventType]: {
    readonly type: Type;
    readonly time: string;
    readonly streamId: string;
    readonly version: number;
    readonly data: MessageData<Type>;
  };
}[OrderEventType];

/** The order as searches show it, and nothing else: so a document can be compared with what the write side says. */
export type OrderDocument = OrderView;

/**
 * Which shape the documents have. Counted up with every change of {@link evolve} or of the mapping: the documents are then made anew, beside
 * those of the former shape, by whoever makes documents of this one.
 */
export const orderShape = 1;

/** The document after `event`. Events that a reader would not see only move its version and time. */
export function evolve(document: OrderDocument | undefined, event: OrderEvent): OrderDocument {
  if (event.type === 'order.created') {
    const { version, time, data } = event;
    const { orderId, customerId, saga, broker, priority } = data;
    // One by one: a newer writer may have added fields that no reader is shown, and the index would refuse.
    const items = data.items.map(({ sku, name, quantity, unitPrice }) => ({
      sku,
      name,
      quantity,
      unitPrice,
    }));
    const total = { amount: data.total.amount, currency: data.total.currency };
    const what = { orderId, customerId, status: 'pending', items, total, saga, broker, priority } as const;
    return { ...what, createdAt: time, updatedAt: time, version };
  }
  if (!document) throw new Error(`${event.type} of ${event.streamId} before order.created`);
  const after = { ...document, updatedAt: event.time, version: event.version };
  switch (event.type) {
    case 'order.reserved':
      return { ...after, status: 'reserved' };
    case 'order.paid':
      return { ...after, status: 'paid' };
    case 'order.completed':
      return { ...after, status: 'completed' };
    case 'order.cancelled':
      return { ...after, status: 'cancelled', reason: event.data.reason };
    case 'order.cancel-requested':
    case 'order.completion-refused':
      return after;
    default:
      return event satisfies never;
  }
}
