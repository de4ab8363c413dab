import { randomUUID } from 'node:crypto';
import type { Stack } from '@conveyor/local/stack';
import type { ConsumerName } from '@conveyor/topology';
import kafkajs from 'kafkajs';
import { askRabbitMq } from './ask-rabbitmq.ts';

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

interface Poison {
  readonly attributes: Record<string, string>;
  readonly body: string;
}

/** Messages that nobody can handle, by the code that each must be set aside for. Their ids are new each time. */
export const newPoison = (): Readonly<Record<string, Poison>> => ({
  'not-json': { attributes: attributes(), body: '{"orderId":' },
  'invalid-body': { attributes: attributes(), body: '{"orderId":"not-an-id"}' },
  'unknown-version': { attributes: attributes({ dataschema: 'urn:conveyor:order.created:99' }), body: '{}' },
  'unknown-type': { attributes: attributes({ type: 'order.exploded' }), body: '{}' },
  'incomplete-envelope': { attributes: {}, body: 'hello' },
});

export const poisonCodes = Object.keys(newPoison());

const topic = 'order-events';
const poisonKey = 'poison';

const prefixed = (prefix: string, values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));

/** The attributes of a poison as headers of either broker. */
export const poisonHeaders = {
  rabbitmq: (own: Readonly<Record<string, string>>) =>
    prefixed('cloudEvents:', { ...own, broker: 'rabbitmq' }),
  kafka: (own: Readonly<Record<string, string>>) => prefixed('ce_', { ...own, broker: 'kafka' }),
};

/** Puts the poison where the consumer takes its messages. Resolves with whether what is sent for an order from now on comes behind it. */
type Spread = (stack: Stack, consumer: ConsumerName) => Promise<(orderId: string) => boolean>;

/** By RabbitMQ's management API, as a person at its page would. */
const poisonRabbit: Spread = async ({ env }, consumer) => {
  for (const { attributes: own, body } of Object.values(newPoison())) {
    const message = {
      routing_key: consumer,
      payload: body,
      payload_encoding: 'string',
      properties: { delivery_mode: 2, headers: poisonHeaders.rabbitmq(own) },
    };
    await askRabbitMq(env.RABBITMQ_MANAGEMENT_URL, 'exchanges/%2F/amq.default/publish', {
      method: 'POST',
      body: message,
    });
  }
  return () => true;
};

/** By a producer of its own, on one partition of the topic of the order events. */
const poisonKafka: Spread = async ({ env }) => {
  const kafka = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
  const { DefaultPartitioner } = kafkajs.Partitioners;
  const producer = kafka.producer({ createPartitioner: DefaultPartitioner });
  await producer.connect();
  const messages = Object.values(newPoison()).map(({ attributes: own, body }) => ({
    key: poisonKey,
    value: body,
    headers: poisonHeaders.kafka(own),
  }));
  await producer.send({ topic, messages });
  await producer.disconnect();

  const admin = kafka.admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  await admin.disconnect();
  const partitionMetadata = topics[0]?.partitions ?? [];
  const partitionOf = (key: string) =>
    DefaultPartitioner()({ topic, partitionMetadata, message: { key, value: '' } });
  return (orderId) => partitionOf(orderId) === partitionOf(poisonKey);
};

export const spreadPoison = { rabbitmq: poisonRabbit, kafka: poisonKafka };
