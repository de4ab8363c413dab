import { randomUUID } from 'node:crypto';
import { createRabbitBroker } from '@conveyor/brokers/rabbitmq';
import type { Stack } from '@conveyor/local/stack';
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

/** The events of all orders as a subscriber gets them from one broker. */
export interface OrderEvents {
  /** Order → the versions of its events, in the order in which they arrived until now. What comes twice counts once. */
  arrived(): Promise<ReadonlyMap<string, readonly number[]>>;
  close(): Promise<void>;
}

class Arrivals {
  readonly #ids = new Set<string>();
  readonly versions = new Map<string, number[]>();

  add(id: string, body: string): void {
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    const { orderId, version } = JSON.parse(body) as { orderId: string; version: number };
    this.versions.set(orderId, [...(this.versions.get(orderId) ?? []), version]);
  }
}

/** Kafka's log of all orders from its beginning, read from the first question on: until then Kafka may be away. */
export async function readOrderLog({ env }: Stack): Promise<OrderEvents> {
  const arrivals = new Arrivals();
  const kafka = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `test-${randomUUID()}` });
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    await consumer.connect();
    await consumer.subscribe({ topic: 'order-events', fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) =>
        arrivals.add(String(message.headers?.['ce_id']), String(message.value)),
    });
  }

  return {
    async arrived() {
      reading ??= read();
      await reading;
      return arrivals.versions;
    },
    close: () => consumer.disconnect(),
  };
}

/**
 * What RabbitMQ hands out of orders from now on, by a durable queue of its own: RabbitMQ's death takes nothing out of it.
 * A classic one, since a quorum queue that was declared only seconds before it died may not come back: RabbitMQ 3.10
 * writes the names of those to disk with a delay.
 */
export async function queueOrderEvents({ env }: Stack): Promise<OrderEvents> {
  const arrivals = new Arrivals();
  const queue = `test-${randomUUID()}`;
  const broker = createRabbitBroker({
    url: env.RABBITMQ_URL,
    clientName: queue,
    topology: {
      exchanges: [],
      queues: [{ name: queue, type: 'classic' }],
      bindings: [{ exchange: 'events', queue, key: 'order.#' }],
    },
  });
  broker.start();
  await broker.connected(AbortSignal.timeout(20_000));
  const consumer = broker.consume({
    name: queue,
    channels: [queue],
    concurrency: 1,
    onDelivery: async ({ attributes, body }) => arrivals.add(attributes['id'] ?? '', body.toString()),
  });
  return {
    async arrived() {
      return arrivals.versions;
    },
    async close() {
      await consumer.stop(1_000);
      await broker.close();
    },
  };
}
