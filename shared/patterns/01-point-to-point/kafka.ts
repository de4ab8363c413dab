import type { Topic } from '@conveyor/brokers/kafka';

/**
 * A topic whose messages are work, shared out among the members of one consumer group. A partition
 * has one reader at a time, so `partitions` is the most workers that can share the work.
 */
export function workTopic(name: string, partitions: number, replicationFactor: number): Topic {
  return { name, partitions, replicationFactor };
}
