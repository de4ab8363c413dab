import type { Topic } from '@conveyor/brokers/kafka';

/**
 * BUG: compacted event log. "Only the newest of each key matters" is true of snapshots. The key of an event is its
 * stream, so Kafka keeps the last event of each order and deletes how it came about.
 */
export function compactedEventLog(name: string, partitions: number, replicationFactor: number): Topic {
  return { name, partitions, replicationFactor, config: { 'cleanup.policy': 'compact' } };
}

/**
 * BUG: event log with a time limit. Seven days is what Kafka does if nobody says anything. All is well for a week; then the
 * oldest orders are gone, and those of that night have lost their beginnings.
 */
export function forgetfulEventLog(name: string, partitions: number, replicationFactor: number): Topic {
  return { name, partitions, replicationFactor, config: { 'retention.ms': String(7 * 24 * 3_600_000) } };
}
