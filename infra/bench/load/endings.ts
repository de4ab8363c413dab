import { randomUUID } from 'node:crypto';
import type { Stack } from '@conveyor/local/stack';
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

/** Tells of each order when it has ended, without asking a service: that would be work for it. */
export interface Endings {
  /** Resolves once this order is completed; rejects when it is cancelled. */
  completed(orderId: string): Promise<void>;
  close(): Promise<void>;
}

type Ending = PromiseWithResolvers<void>;

/** Follows the log of order events, where those of the orders on RabbitMQ are, too. */
export async function followEndings({ env }: Stack): Promise<Endings> {
  const kafka = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const endings = new Map<string, Ending>();
  const endingOf = (orderId: string): Ending => {
    const known = endings.get(orderId);
    if (known) return known;
    const ending = Promise.withResolvers<void>();
    // Whoever asks hears of it; an order that nobody asks about may end as it likes.
    ending.promise.catch(() => {});
    endings.set(orderId, ending);
    return ending;
  };

  await consumer.connect();
  await consumer.subscribe({ topics: ['order-events'], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const { ce_type: type, ce_subject: subject } = message.headers ?? {};
      if (String(type) === 'order.completed') endingOf(String(subject)).resolve();
      if (String(type) === 'order.cancelled')
        endingOf(String(subject)).reject(new Error(`order ${String(subject)} was cancelled`));
    },
  });
  return {
    completed: (orderId) => endingOf(orderId).promise,
    close: () => consumer.disconnect(),
  };
}
