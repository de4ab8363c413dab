import { type ConsumeMessage, connect } from 'amqplib';
import { type Consumer, Kafka, logLevel } from 'kafkajs';

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
    before = before.then(() => work(message.content)).catch(sayOnly);
  });
  return () => connection.close();
}

/**
 * BUG: automatic acknowledgement. `noAck` saves a word for each message: RabbitMQ deletes what it has sent out, and sends out all
 * that is there, whatever the prefetch says. What was on its way or in the middle of its work when the process died is gone.
 */
export async function noAckBeforeWork(url: string, queue: string, work: Work): Promise<() => Promise<void>> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  let before = Promise.resolve();
  const take = (message: ConsumeMessage | null) => {
    if (message) before = before.then(() => work(message.content)).catch(sayOnly);
  };
  await channel.consume(queue, take, { noAck: true });
  return () => connection.close();
}

/**
 * BUG: commit before work. Kafka is told that the group has come past the message, and then it is handled. If the process dies
 * in between, its successor begins behind it. All is well for as long as no process dies.
 */
export async function commitBeforeWork(
  brokers: readonly string[],
  groupId: string,
  topic: string,
  work: Work,
): Promise<() => Promise<void>> {
  const consumer = await memberOf(brokers, groupId, topic);
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }]);
      await work(message.value ?? Buffer.alloc(0));
    },
  });
  return () => consumer.disconnect();
}

/**
 * BUG: auto-commit before work. kafkajs takes a message for done when `eachMessage` has resolved, and commits by itself. Here the
 * work is only started, "so that the next message need not wait": it is committed while it is under way, or has failed.
 */
export async function autoCommitBeforeWork(
  brokers: readonly string[],
  groupId: string,
  topic: string,
  work: Work,
): Promise<() => Promise<void>> {
  const consumer = await memberOf(brokers, groupId, topic);
  await consumer.run({
    autoCommitThreshold: 1,
    eachMessage: async ({ message }) => {
      void work(message.value ?? Buffer.alloc(0)).catch(sayOnly);
    },
  });
  return () => consumer.disconnect();
}

async function memberOf(brokers: readonly string[], groupId: string, topic: string): Promise<Consumer> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6_000, rebalanceTimeout: 10_000 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  return consumer;
}

/** Nothing else is left to do for a message that was settled before its work failed. */
function sayOnly(error: unknown): void {
  console.error('lost:', error);
}
