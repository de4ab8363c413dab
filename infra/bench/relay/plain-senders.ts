import type { OutgoingMessage } from '@conveyor/brokers';
import amqplib from 'amqplib';
import kafkajs from 'kafkajs';
import { place } from './place.ts';

const { Kafka, logLevel } = kafkajs;

/** Messages that are confirmed before the oldest of them lets another one be sent. */
const window = 500;

/** What a plain driver does with messages that are in memory already: the most that a relay could reach. */
export interface PlainSender {
  /** Resolves once all are confirmed. */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Nobody consumes: a queue would fill RabbitMQ's memory, and then it takes no more. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** amqplib with a confirm channel, at most 500 messages unconfirmed. */
export async function plainRabbit(url: string): Promise<PlainSender> {
  const connection = await amqplib.connect(url);
  const channel = await connection.createConfirmChannel();
  return {
    async send(messages) {
      let [next, confirmed] = [0, 0];
      await new Promise<void>((resolve, reject) => {
        const sendOne = () => {
          const message = messages[next++];
          if (!message) return;
          const { address, attributes, body } = message;
          const headers = { ...attributes };
          channel.publish(address.channel, address.key, body, { headers, persistent: true }, (error) => {
            if (error) return reject(error as Error);
            confirmed += 1;
            if (confirmed === messages.length) resolve();
            else sendOne();
          });
        };
        for (let n = 0; n < Math.min(window, messages.length); n++) sendOne();
      });
    },
    clear: async () => void (await channel.purgeQueue(place)),
    async close() {
      await channel.close();
      await connection.close();
    },
  };
}

/** kafkajs with `sendBatch`, 500 messages each, acknowledged by all replicas. */
export async function plainKafka(brokers: string): Promise<PlainSender> {
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  return {
    async send(messages) {
      for (let from = 0; from < messages.length; from += window) {
        const batch = messages.slice(from, from + window);
        const byTopic = Map.groupBy(batch, ({ address }) => address.channel);
        const topicMessages = [...byTopic].map(([topic, own]) => ({
          topic,
          messages: own.map(({ address, attributes, body }) => ({
            key: address.key,
            value: body,
            headers: { ...attributes },
          })),
        }));
        await producer.sendBatch({ acks: -1, topicMessages });
      }
    },
    // A log is on the disk, and may grow.
    clear: async () => {},
    close: () => producer.disconnect(),
  };
}
