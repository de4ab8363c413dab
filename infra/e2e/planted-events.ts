import { randomUUID } from 'node:crypto';
import type { Stack } from '@conveyor/local/stack';
import kafkajs from 'kafkajs';

const { Kafka, logLevel, Partitioners } = kafkajs;

/** An event that no service has written. */
export interface PlantedEvent {
  readonly id: string;
  readonly type: string;
  readonly dataschema: string;
  readonly orderId: string;
  readonly data: object;
}

/** The life of an order that nobody has placed: created, reserved, paid, completed. */
export function plantedEvents(orderId: string, customerId = 'nobody'): readonly PlantedEvent[] {
  const total = { amount: 950, currency: 'EUR' };
  const whose = { customerId, total, priority: 'standard' };
  const items = [{ sku: 'mug', name: 'Stoneware mug', quantity: 1, unitPrice: 950 }];
  const event = (version: number, type: string, data: object, schema = 1): PlantedEvent => ({
    id: randomUUID(),
    type,
    dataschema: `urn:conveyor:${type}:${schema}`,
    orderId,
    data: { orderId, version, ...data },
  });
  return [
    event(1, 'order.created', { ...whose, items, saga: 'choreography', broker: 'rabbitmq' }, 2),
    event(2, 'order.reserved', {}),
    event(3, 'order.paid', {}),
    event(4, 'order.completed', whose),
  ];
}

export interface EventLog {
  /** Puts events at the end of it. They are of RabbitMQ's orders, so that only those who read all of them care. */
  plant(events: readonly PlantedEvent[]): Promise<void>;
  close(): Promise<void>;
}

/** Kafka's log of all orders, for somebody who is no service. */
export async function openLog({ env }: Stack): Promise<EventLog> {
  const kafka = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return {
    async plant(events) {
      await producer.send({ topic: 'order-events', messages: events.map(toMessage) });
    },
    close: () => producer.disconnect(),
  };
}

function toMessage({ id, type, dataschema, orderId, data }: PlantedEvent) {
  return {
    key: orderId,
    value: JSON.stringify(data),
    headers: {
      ce_id: id,
      ce_type: type,
      ce_source: '/test',
      ce_subject: orderId,
      ce_time: new Date().toISOString(),
      ce_dataschema: dataschema,
      ce_correlationid: orderId,
      ce_traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
      ce_saga: 'choreography',
      ce_broker: 'rabbitmq',
    },
  };
}
