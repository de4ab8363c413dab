import type { Topic } from '@conveyor/brokers/kafka';

/** 90 days. Kafka deletes by age, whether anybody has read it or not: work must keep through the longest outage. */
const retentionMs = 90 * 24 * 3_600_000;

/**
 * A topic whose messages are work, shared out among the members of one consumer group. A partition
 * has one reader at a time, so `partitions` is the most workers that can share the work.
 */
export function workTopic(name: string, partitions: number): Topic {
  return { name, partitions, config: { 'retention.ms': String(retentionMs) } };
}
