import type { Topic } from '@conveyor/brokers/kafka';

/**
 * A log of events, from which everything can be rebuilt: it keeps all of them, for ever (`-1` is without limit). Kafka's
 * own default is seven days. All three are said, so that whoever declares it takes back what somebody has changed.
 */
export function eventLog(name: string, partitions: number): Topic {
  const config = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };
  return { name, partitions, config };
}

/**
 * Snapshots, of which only the newest of each key matters: Kafka deletes those before it in its own time. A message
 * without a body (a tombstone) takes its key away, and vanishes itself a day later.
 */
export function snapshotTopic(name: string, partitions: number): Topic {
  return { name, partitions, config: { 'cleanup.policy': 'compact' } };
}
