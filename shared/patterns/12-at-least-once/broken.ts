import { connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';

/** What is done with the body of a task. */
export type Work = (task: Buffer) => Promise<void>;

/**
 * BUG: ack before work. "The message has arrived, so say so": RabbitMQ forgets it, and if the process dies now nobody
 * will ever do the work. All is well for as long as no process dies.
 */
export async function ackBeforeWork(url: string, queue: string, work: Work): Promise<() => Promise<void>> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.prefetch(1);
  let before = Promise.resolve();
  await channel.consume(queue, (message) => {
    if (!message) return;
    channel.ack(message);
    before = before.then(() => work(message.content));
  });
  return () => connection.close();
}

/**
 * BUG: commit before work. Kafka is told that the group has come past the message, and then it is handled: what
 * auto-commit does when its timer fires at the wrong moment, here at every message.
 */
export async function commitBeforeWork(
  brokers: readonly string[],
  groupId: string,
  topic: string,
  work: Work,
): Promise<() => Promise<void>> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6_000, rebalanceTimeout: 10_000 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }]);
      await work(message.value ?? Buffer.alloc(0));
    },
  });
  return () => consumer.disconnect();
}
