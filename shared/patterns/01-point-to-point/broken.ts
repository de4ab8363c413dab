import { connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';

/** Sends what it is given; `close` when there is no more. */
export interface Sender {
  send(task: Buffer): Promise<void>;
  close(): Promise<void>;
}

/**
 * BUG: unconfirmed publish. `sendToQueue` returns `true`, so the task has been sent. That only says that it is in the
 * buffer of this process: what RabbitMQ does with it, whether it takes it at all, nobody asks. Every example does it so.
 */
export async function publishUnconfirmed(url: string, queue: string): Promise<Sender> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  return {
    async send(task) {
      channel.sendToQueue(queue, task, { persistent: true });
    },
    async close() {
      await channel.close();
      await connection.close();
    },
  };
}

/**
 * BUG: publish without acks. `acks: 0` is the fastest, and `await` looks as if somebody had answered. Kafka answers
 * nothing at all then, not even that it has refused the message.
 */
export async function publishWithoutAcks(brokers: readonly string[], topic: string): Promise<Sender> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  return {
    async send(task) {
      await producer.send({ topic, acks: 0, messages: [{ key: 'any', value: task }] });
    },
    close: () => producer.disconnect(),
  };
}
