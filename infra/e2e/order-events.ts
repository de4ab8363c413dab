import { randomUUID } from 'node:crypto';
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

interface Got {
  readonly payload: string;
  readonly properties: { readonly headers: Readonly<Record<string, string>> };
}

/** What RabbitMQ hands out of orders from now on: a queue of its own, by the management API. It outlives RabbitMQ's death. */
export async function queueOrderEvents({ env }: Stack): Promise<OrderEvents> {
  const arrivals = new Arrivals();
  const queue = `test-${randomUUID()}`;

  async function ask(method: string, path: string, body?: object): Promise<Response> {
    const url = new URL(path, env.RABBITMQ_MANAGEMENT_URL);
    const authorization = `Basic ${btoa(`${url.username}:${url.password}`)}`;
    url.username = '';
    url.password = '';
    const response = await fetch(url, {
      method,
      headers: { authorization },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`RabbitMQ answered ${response.status} to ${method} ${path}`);
    return response;
  }

  await ask('PUT', `/api/queues/%2F/${queue}`, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await ask('POST', `/api/bindings/%2F/e/events/q/${queue}`, { routing_key: 'order.#' });
  return {
    async arrived() {
      const request = { count: 1_000, ackmode: 'ack_requeue_false', encoding: 'auto' };
      const got = (await (await ask('POST', `/api/queues/%2F/${queue}/get`, request)).json()) as Got[];
      for (const { payload, properties } of got) {
        arrivals.add(properties.headers['cloudEvents:id'] ?? '', payload);
      }
      return arrivals.versions;
    },
    async close() {
      await ask('DELETE', `/api/queues/%2F/${queue}`);
    },
  };
}
