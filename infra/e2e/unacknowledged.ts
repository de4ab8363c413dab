import type { Stack } from '@conveyor/local/stack';
import { type ConsumerName, topicsOfConsumer } from '@conveyor/topology';
import kafkajs from 'kafkajs';
import { askRabbitMq } from './ask-rabbitmq.ts';
import { isForLater } from './for-later.ts';

const { Kafka, logLevel } = kafkajs;

/** Topic → partition → the offset that the next message gets. */
type Ends = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Asks the brokers themselves how many messages a consumer has been given and not yet acknowledged. */
export interface Unacknowledged {
  /** On RabbitMQ, as it was up to six seconds ago: a quorum queue counts every five, and what is counted is gathered every second. */
  ofQueue(consumer: ConsumerName): Promise<number>;
  /** Of all queues together, but for those that tell orders of their end; as old as that. */
  inQueues(): Promise<number>;
  /** How far the topics of a consumer on Kafka reach now. */
  endsOf(consumer: ConsumerName): Promise<Ends>;
  /** On Kafka: of the messages before `ends` those that the group has not committed; all, if it never has. */
  ofGroup(consumer: ConsumerName, ends: Ends): Promise<number>;
  close(): Promise<void>;
}

interface CountedQueue {
  readonly name: string;
  readonly messages_unacknowledged?: number;
}

export async function openUnacknowledged({ env }: Stack): Promise<Unacknowledged> {
  const admin = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const ask = <Answer>(path: string) => askRabbitMq<Answer>(env.RABBITMQ_MANAGEMENT_URL, path);

  return {
    async ofQueue(consumer) {
      return countOf(await ask<CountedQueue>(`queues/%2F/${consumer}`));
    },
    async inQueues() {
      const queues = await ask<readonly CountedQueue[]>('queues?columns=name,messages_unacknowledged');
      return sum(queues.filter((queue) => !isForLater(queue)).map(countOf));
    },
    async endsOf(consumer) {
      const ends = topicsOfConsumer(consumer).map(async (topic) => {
        const partitions = await admin.fetchTopicOffsets(topic);
        return [topic, new Map(partitions.map(({ partition, high }) => [partition, Number(high)]))] as const;
      });
      return new Map(await Promise.all(ends));
    },
    async ofGroup(consumer, ends) {
      const committed = await admin.fetchOffsets({ groupId: consumer, topics: [...ends.keys()] });
      const lags = committed.flatMap(({ topic, partitions }) => {
        const offsets = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
        // Kafka says -1 where nothing is committed.
        return [...(ends.get(topic) ?? [])].map(([partition, end]) =>
          Math.max(0, end - Math.max(0, offsets.get(partition) ?? 0)),
        );
      });
      return sum(lags);
    },
    close: () => admin.disconnect(),
  };
}

function countOf({ messages_unacknowledged: count = 0 }: CountedQueue): number {
  return count;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
