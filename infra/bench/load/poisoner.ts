import type { BrokerName } from '@conveyor/brokers';
import { newPoison, poisonHeaders } from '@conveyor/e2e/poison';
import type { Stack } from '@conveyor/local/stack';
import amqplib from 'amqplib';
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

/** Whose orders are poisoned. On Kafka all who read the topic get the message, on RabbitMQ this one. */
export const poisoned = 'inventory.events';
const topic = 'order-events';

/** Puts messages that nobody can handle among those of orders. */
export interface Poisoner {
  /** One, of another kind than the one before. */
  spread(): Promise<void>;
  close(): Promise<void>;
}

export async function openPoisoner(stack: Stack, broker: BrokerName): Promise<Poisoner> {
  const { send, close } = await senders[broker](stack);
  let count = 0;
  return {
    spread() {
      const kinds = Object.values(newPoison());
      const poison = kinds[count++ % kinds.length];
      return poison ? send(poison.attributes, Buffer.from(poison.body)) : Promise.resolve();
    },
    close,
  };
}

interface Sender {
  send(attributes: Readonly<Record<string, string>>, body: Buffer): Promise<void>;
  close(): Promise<void>;
}

const senders: Readonly<Record<BrokerName, (stack: Stack) => Promise<Sender>>> = {
  async rabbitmq({ env }) {
    const connection = await amqplib.connect(env.RABBITMQ_URL);
    const channel = await connection.createConfirmChannel();
    return {
      async send(attributes, body) {
        channel.sendToQueue(poisoned, body, {
          persistent: true,
          headers: poisonHeaders.rabbitmq(attributes),
        });
        await channel.waitForConfirms();
      },
      close: () => connection.close(),
    };
  },
  async kafka({ env }) {
    const kafka = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    return {
      async send(attributes, value) {
        const message = {
          key: attributes['subject'] ?? 'poison',
          value,
          headers: poisonHeaders.kafka(attributes),
        };
        await producer.send({ topic, messages: [message] });
      },
      close: () => producer.disconnect(),
    };
  },
};
