import type { BrokerName } from '@conveyor/contracts';
import { type MessageType, orderEventTypes } from '@conveyor/contracts/messages';

/** The events that nobody subscribes to by name are still recorded by the audit trail. */
export type ConsumerSpec = {
  /** The message types it takes; `#` is every event. */
  readonly takes: readonly MessageType[] | '#';
  /** True: on RabbitMQ `express` overtakes `standard` overtakes `low`; on Kafka each has a topic of its own. */
  readonly prioritised?: true;
  /**
   * True: it reads the log of all orders in Kafka, in batches, with a group for each build of what it makes of them. So
   * there is no queue of its name; its retries and dead letters are those of any other consumer.
   */
  readonly readsLog?: true;
};

/**
 * Who consumes what. Each name is a queue on RabbitMQ and a consumer group on Kafka; the first word is
 * the service. Queues, bindings, topics and groups of the whole system follow from this table.
 */
export const consumers = {
  'inventory.events': { takes: ['order.created', 'order.completed', 'order.cancelled', 'payment.failed'] },
  'inventory.commands': { takes: ['inventory.reserve', 'inventory.release'] },
  'order.events': {
    takes: ['inventory.reserved', 'inventory.rejected', 'payment.completed', 'payment.failed'],
  },
  'order.commands': { takes: ['order.complete', 'order.cancel'] },
  'order.expiry': { takes: ['order.expire'] },
  'order-saga.events': {
    takes: [
      'order.created',
      'order.cancel-requested',
      'inventory.reserved',
      'inventory.rejected',
      'inventory.released',
      'payment.completed',
      'payment.failed',
      'payment.refunded',
      'order.completed',
      'order.completion-refused',
      'order.cancelled',
    ],
  },
  'payment.events': { takes: ['inventory.reserved', 'order.cancelled'] },
  'payment.charge': { takes: ['payment.charge'], prioritised: true },
  'payment.refund': { takes: ['payment.refund'] },
  'notification.orders': { takes: ['order.completed', 'order.cancelled'] },
  'notification.email': { takes: ['notification.requested'], prioritised: true },
  'notification.sms': { takes: ['notification.requested'], prioritised: true },
  'notification.push': { takes: ['notification.requested'], prioritised: true },
  'order-query.events': {
    takes: orderEventTypes,
    readsLog: true,
  },
  'gateway.audit': { takes: '#' },
  'gateway.journal': { takes: ['journal.recorded'] },
} as const satisfies Record<string, ConsumerSpec>;

export type ConsumerName = keyof typeof consumers;

export const consumerNames = Object.keys(consumers) as ConsumerName[];

export function consumerSpec(name: ConsumerName): ConsumerSpec {
  return consumers[name];
}

/** Whether the consumer takes anything from `broker`: the log is in Kafka. */
export function isOn(broker: BrokerName, name: ConsumerName): boolean {
  return broker === 'kafka' || !consumerSpec(name).readsLog;
}

/** Those that have a queue of their name on RabbitMQ. */
export const queueConsumers = consumerNames.filter((name) => isOn('rabbitmq', name));
