import type { Attributes } from '@conveyor/brokers';
import type { OrderStatus } from '@conveyor/contracts';
import type { OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Metrics } from '@conveyor/service-kit/metrics';

/** The state that an order is in after each of these. */
const states: Readonly<Record<string, OrderStatus>> = {
  'order.created': 'pending',
  'order.reserved': 'reserved',
  'order.paid': 'paid',
  'order.completed': 'completed',
  'order.cancelled': 'cancelled',
};

/** What is counted of an order: the state that it has come into, and when. */
export interface Change {
  readonly orderId: string;
  readonly status: OrderStatus;
  readonly saga: string;
  readonly broker: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface OrderMetrics {
  /** To be called after the commit. */
  entered(change: Change): void;
  /** The same for committed messages: for those that tell of a change of an order. */
  told(rows: readonly OutboxRow[]): void;
}

export function createOrderMetrics(
  metrics: Metrics,
  isFinal: (status: OrderStatus) => boolean,
): OrderMetrics {
  const count = metrics.counter({
    name: 'conveyor_orders_total',
    help: 'Orders that have come into a state.',
    labels: ['state', 'saga', 'broker'],
  });
  const observe = metrics.histogram({
    name: 'conveyor_saga_seconds',
    help: 'From the moment an order was accepted until it was completed or cancelled.',
    labels: ['state', 'saga', 'broker'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  });

  function entered({ orderId, status, saga, broker, at }: Change): void {
    const labels = { state: status, saga, broker };
    count(labels);
    if (isFinal(status)) observe(labels, (Date.parse(at) - madeAt(orderId)) / 1_000);
  }

  return {
    entered,
    told(rows) {
      for (const { broker, message } of rows) {
        const change = changeIn(message.attributes);
        // Every event also goes into Kafka's log: it counts where its order lives.
        if (change?.broker === broker) entered(change);
      }
    },
  };
}

function changeIn({
  type = '',
  subject = '',
  time = '',
  saga = '',
  broker = '',
}: Attributes): Change | undefined {
  const status = states[type];
  return status && { orderId: subject, status, saga, broker, at: time };
}

/** The id of an order is a UUID of version 7: it begins with the milliseconds at which it was made (RFC 9562). */
function madeAt(orderId: string): number {
  return Number.parseInt(orderId.replaceAll('-', '').slice(0, 12), 16);
}
