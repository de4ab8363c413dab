import type { MessageType } from '@conveyor/contracts/messages';
import { type ConsumerName, consumerNames } from './consumers.ts';

type FirstWord<Name extends string> = Name extends `${infer Word}.${string}` ? Word : never;

/** A service, named as the first word of its consumers is. */
export type ServiceName = FirstWord<ConsumerName>;

export function serviceOf(consumer: ConsumerName): ServiceName {
  return consumer.slice(0, consumer.indexOf('.')) as ServiceName;
}

const everyService = [...new Set(consumerNames.map(serviceOf))];

/** Who sends what: the other half of `consumers`. Only the documentation is made from it; that it is true is seen on the running system. */
export const senders: Readonly<Record<MessageType, readonly ServiceName[]>> = {
  'order.created': ['order'],
  'order.reserved': ['order'],
  'order.paid': ['order'],
  'order.completed': ['order'],
  'order.cancel-requested': ['order'],
  'order.completion-refused': ['order'],
  'order.cancelled': ['order'],
  'order.snapshot': ['order'],
  'order.complete': ['order-saga'],
  'order.cancel': ['order-saga'],
  'order.expire': ['order'],
  'inventory.reserve': ['order-saga'],
  'inventory.release': ['order-saga'],
  'inventory.reserved': ['inventory'],
  'inventory.rejected': ['inventory'],
  'inventory.released': ['inventory'],
  'product.created': ['inventory'],
  'inventory.quote': ['order'],
  'inventory.quoted': ['inventory'],
  // A task of payment's own: it hears of the reservation and enqueues it, unless the orchestrator commands it.
  'payment.charge': ['payment', 'order-saga'],
  'payment.refund': ['payment', 'order-saga'],
  'payment.completed': ['payment'],
  'payment.failed': ['payment'],
  'payment.refunded': ['payment'],
  'notification.requested': ['notification'],
  'notification.delivered': ['notification'],
  'journal.recorded': everyService,
};
