import type { Topic } from '@conveyor/brokers/kafka';

/** 90 days: longer than a reader is ever away. Kafka deletes by age, whether anybody has read it or not. */
const keepLong = { 'retention.ms': String(90 * 24 * 3_600_000) };

/** A topic of events. The key of a message chooses its partition; within a partition order is kept. */
export function eventTopic(name: string, partitions: number): Topic {
  return { name, partitions, config: keepLong };
}
