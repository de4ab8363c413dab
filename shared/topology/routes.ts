import type { Address, BrokerName } from '@conveyor/brokers';
import type { Priority } from '@conveyor/contracts';
import type { MessageType } from '@conveyor/contracts/messages';
import { levelTopicName } from '@conveyor/patterns/priority-queue/kafka';
import { priorityOf } from '@conveyor/patterns/priority-queue/rabbitmq';
import { type DelayedType, type Delays, isDelayed, waitingPlace } from './delays.ts';
import { isSnapshot, type SnapshotType, snapshotTopics } from './snapshots.ts';

/** `level` is the number on RabbitMQ (0–10), `topic` the ending of the topic's name on Kafka. */
export const priorities = {
  express: { level: priorityOf.high, topic: 'high' },
  standard: { level: priorityOf.normal, topic: 'normal' },
  low: { level: priorityOf.low, topic: 'low' },
} as const satisfies Readonly<Record<Priority, unknown>>;

export const exchanges = { events: 'events', commands: 'commands', notifications: 'notifications' } as const;

interface Route {
  readonly exchange: string;
  readonly topic: string;
  /** True: on Kafka one topic per priority, `<topic>-high` and so on. */
  readonly prioritised?: true;
}

const orderEvent: Route = { exchange: exchanges.events, topic: 'order-events' };
const inventoryEvent: Route = { exchange: exchanges.events, topic: 'inventory-events' };
const paymentEvent: Route = { exchange: exchanges.events, topic: 'payment-events' };

/** Where each type of message is sent: one line per type, both brokers. Questions and replies go by {@link quoteChannels}, what waits first by `delayedRoutes`. */
export const routes = {
  'order.created': orderEvent,
  'order.reserved': orderEvent,
  'order.paid': orderEvent,
  'order.completed': orderEvent,
  'order.cancel-requested': orderEvent,
  'order.completion-refused': orderEvent,
  'order.cancelled': orderEvent,
  'order.complete': { exchange: exchanges.commands, topic: 'order-commands' },
  'order.cancel': { exchange: exchanges.commands, topic: 'order-commands' },
  'inventory.reserve': { exchange: exchanges.commands, topic: 'inventory-commands' },
  'inventory.release': { exchange: exchanges.commands, topic: 'inventory-commands' },
  'inventory.reserved': inventoryEvent,
  'inventory.rejected': inventoryEvent,
  'inventory.released': inventoryEvent,
  'product.created': inventoryEvent,
  'payment.completed': paymentEvent,
  'payment.failed': paymentEvent,
  'payment.refunded': paymentEvent,
  'payment.charge': { exchange: exchanges.commands, topic: 'payment-charge', prioritised: true },
  'payment.refund': { exchange: exchanges.commands, topic: 'payment-commands' },
  'notification.requested': { exchange: exchanges.notifications, topic: 'notifications', prioritised: true },
  'notification.delivered': { exchange: exchanges.events, topic: 'notification-events' },
  // An event by nature, but what the flight recorder says is not to be recorded by the audit trail.
  'journal.recorded': { exchange: exchanges.commands, topic: 'gateway-journal' },
} as const satisfies Partial<Record<MessageType, Route>>;

export type RoutedType = keyof typeof routes;

/** The types that are sent by an address: at once, or to a place where they wait, or where the newest is kept. */
export type SentType = RoutedType | DelayedType | SnapshotType;

/** The quote: a queue of its own on RabbitMQ, a topic for questions and one for replies on Kafka. */
export const quoteChannels = {
  rabbitmq: { requests: 'inventory.quote', replies: '' },
  kafka: { requests: 'inventory-quotes', replies: 'inventory-quote-replies' },
} as const;

/** How long a question is worth its asker's while, in milliseconds: older ones expire in RabbitMQ's queue, and are not answered on Kafka. */
export const quoteMaxAgeMs = 10_000;

/** Where to send a message of `type` about `subject` on `broker`. */
export function addressOf(
  type: SentType,
  broker: BrokerName,
  subject: string,
  delays: Delays,
  priority: Priority = 'standard',
): Address {
  if (isDelayed(type)) return waitingPlace(type, broker, subject, delays);
  if (isSnapshot(type)) return { channel: snapshotTopics[type], key: subject };
  const route: Route = routes[type];
  if (broker === 'rabbitmq') return { channel: route.exchange, key: type };
  return {
    channel: route.prioritised ? levelTopicName(route.topic, priorities[priority].topic) : route.topic,
    key: subject,
  };
}

/** Whether messages of `type` overtake each other by the priority of their order. */
export function isPrioritised(type: SentType): boolean {
  if (isDelayed(type) || isSnapshot(type)) return false;
  const route: Route = routes[type];
  return route.prioritised === true;
}

/**
 * The brokers that a message of `type` is sent to. An order's messages stay on the order's broker, but
 * Kafka's `order-events` is the log of all orders, so their events go there too, under the same id; and
 * snapshots go nowhere else. What belongs to no order goes to both.
 */
export function brokersOf(type: SentType, broker: BrokerName | undefined): readonly BrokerName[] {
  if (isSnapshot(type)) return ['kafka'];
  if (broker === undefined) return ['rabbitmq', 'kafka'];
  const isLogged = !isDelayed(type) && routes[type] === orderEvent;
  return broker === 'rabbitmq' && isLogged ? ['rabbitmq', 'kafka'] : [broker];
}

/** The topics on which messages of `type` arrive. */
export function topicsOf(type: RoutedType): readonly string[] {
  const route: Route = routes[type];
  if (!route.prioritised) return [route.topic];
  return Object.values(priorities).map(({ topic }) => levelTopicName(route.topic, topic));
}
