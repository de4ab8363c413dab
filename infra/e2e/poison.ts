import { randomUUID } from 'node:crypto';
import type { Stack } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import type { ConsumerName } from '@conveyor/topology';
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

/** The attributes of a message that looks right until its body is read. */
function attributes(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    id: randomUUID(),
    type: 'order.created',
    source: '/test',
    subject: randomUUID(),
    time: new Date().toISOString(),
    dataschema: 'urn:conveyor:order.created:2',
    correlationid: randomUUID(),
    traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
    saga: 'choreography',
    ...more,
  };
}

/** Messages that nobody can handle, each with the code that it must be set aside for. */
export const poison: Readonly<
  Record<string, { readonly attributes: Record<string, string>; readonly body: string }>
> = {
  'not-json': { attributes: attributes(), body: '{"orderId":' },
  'invalid-body': { attributes: attributes(), body: '{"orderId":"not-an-id"}' },
  'unknown-version': { attributes: attributes({ dataschema: 'urn:conveyor:order.created:99' }), body: '{}' },
  'unknown-type': { attributes: attributes({ type: 'order.exploded' }), body: '{}' },
  'incomplete-envelope': { attributes: {}, body: 'hello' },
};

const prefixed = (prefix: string, values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));

/** Puts the poison where the consumer takes its messages, and says for what each was set aside. */
export interface Poisoned {
  poison(consumer: ConsumerName): Promise<void>;
  /** The codes of the dead letters of `consumer`, once there are as many as there is poison. */
  deadLetterCodes(consumer: ConsumerName): Promise<readonly string[]>;
}

/** By RabbitMQ's management API, as a person at its page would. */
export function poisonRabbit({ env }: Stack): Poisoned {
  async function ask<Answer>(path: string, body: object): Promise<Answer> {
    const url = new URL(path, env.RABBITMQ_MANAGEMENT_URL);
    const authorization = `Basic ${btoa(`${url.username}:${url.password}`)}`;
    url.username = '';
    url.password = '';
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Answer;
  }
  return {
    async poison(consumer) {
      for (const { attributes: own, body } of Object.values(poison)) {
        await ask('/api/exchanges/%2F/amq.default/publish', {
          routing_key: consumer,
          payload: body,
          payload_encoding: 'string',
          properties: { delivery_mode: 2, headers: prefixed('cloudEvents:', { ...own, broker: 'rabbitmq' }) },
        });
      }
    },
    async deadLetterCodes(consumer) {
      const codes: string[] = [];
      await eventually(async () => {
        const letters = await ask<{ properties: { headers: Record<string, string> } }[]>(
          `/api/queues/%2F/${consumer}.dead/get`,
          { count: 10, ackmode: 'ack_requeue_false', encoding: 'auto' },
        );
        codes.push(...letters.map(({ properties }) => codeOf(properties.headers['dead-letter-error'])));
        if (codes.length < Object.keys(poison).length) throw new Error(`dead letters: ${codes.join()}`);
      });
      return codes;
    },
  };
}

/** By a producer of its own, on the topic of the order events. */
export function poisonKafka({ env }: Stack): Poisoned {
  const kafka = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
  return {
    async poison() {
      const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
      await producer.connect();
      const messages = Object.values(poison).map(({ attributes: own, body }) => ({
        key: 'poison',
        value: body,
        headers: prefixed('ce_', { ...own, broker: 'kafka' }),
      }));
      await producer.send({ topic: 'order-events', messages });
      await producer.disconnect();
    },
    async deadLetterCodes(consumer) {
      const codes: string[] = [];
      const reader = kafka.consumer({ groupId: `test-${randomUUID()}` });
      await reader.connect();
      await reader.subscribe({ topic: `${consumer}-dlq`, fromBeginning: true });
      await reader.run({
        eachMessage: async ({ message }) =>
          void codes.push(codeOf(String(message.headers?.['dead-letter-error']))),
      });
      await eventually(
        () => {
          if (codes.length < Object.keys(poison).length) throw new Error(`dead letters: ${codes.join()}`);
        },
        { timeoutMs: 30_000 },
      );
      await reader.disconnect();
      return codes;
    },
  };
}

/** The header reads `code: message`. */
function codeOf(error: string | undefined): string {
  return error?.split(':')[0] ?? '';
}
