import type { BrokerName } from '@conveyor/contracts';
import type { Stack } from '@conveyor/local/stack';
import { type ConsumerName, topicsOfConsumer } from '@conveyor/topology';
import kafkajs from 'kafkajs';
import { askRabbitMq } from './ask-rabbitmq.ts';
import { isForLater } from './for-later.ts';

const { Kafka, logLevel } = kafkajs;

/** Asks the brokers themselves how many messages a consumer has been given and not yet acknowledged. */
export interface Unacknowledged {
  of(consumer: ConsumerName, broker: BrokerName): Promise<number>;
  /** Of all queues of RabbitMQ together, but for those that tell orders of their end. */
  inQueues(): Promise<number>;
  close(): Promise<void>;
}

export async function openUnacknowledged({ env }: Stack): Promise<Unacknowledged> {
  const admin = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();

  /** RabbitMQ counts them by queue. */
  async function ofQueue(queue: ConsumerName): Promise<number> {
    const { messages_unacknowledged: count = 0 } = await askRabbitMq<{
      readonly messages_unacknowledged?: number;
    }>(env.RABBITMQ_MANAGEMENT_URL, `queues/%2F/${queue}`);
    return count;
  }

  /** On Kafka they are the messages behind the group's committed offsets; a group that never committed is behind all. */
  async function ofGroup(consumer: ConsumerName): Promise<number> {
    const topics = [...topicsOfConsumer(consumer)];
    const committed = await admin.fetchOffsets({ groupId: consumer, topics });
    const lags = await Promise.all(
      committed.map(async ({ topic, partitions }) => {
        const ends = await admin.fetchTopicOffsets(topic);
        return ends.reduce((sum, { partition, high }) => {
          const offset = partitions.find((each) => each.partition === partition)?.offset ?? '0';
          return sum + Math.max(0, Number(high) - Math.max(0, Number(offset)));
        }, 0);
      }),
    );
    return lags.reduce((sum, lag) => sum + lag, 0);
  }

  return {
    async inQueues() {
      const queues = await askRabbitMq<
        readonly { readonly name: string; readonly messages_unacknowledged?: number }[]
      >(env.RABBITMQ_MANAGEMENT_URL, 'queues?columns=name,messages_unacknowledged');
      const counts = queues
        .filter((queue) => !isForLater(queue))
        .map(({ messages_unacknowledged: count = 0 }) => count);
      return counts.reduce((sum, count) => sum + count, 0);
    },
    of: (consumer, broker) => (broker === 'rabbitmq' ? ofQueue(consumer) : ofGroup(consumer)),
    close: () => admin.disconnect(),
  };
}
