import type { Topic } from '@conveyor/brokers/kafka';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

/**
 * BUG: compacted event log. "Only the newest of each key matters" is true of snapshots. The key of an event is its
 * stream, so Kafka keeps the last event of each order and deletes how it came about.
 */
export function compactedEventLog(name: string, partitions: number): Topic {
  return { name, partitions, config: { 'cleanup.policy': 'compact' } };
}

/**
 * BUG: event log with a time limit. Seven days is what Kafka does if nobody says anything. All is well for a week; then the
 * oldest orders are gone, and those of that night have lost their beginnings.
 */
export function forgetfulEventLog(name: string, partitions: number): Topic {
  return { name, partitions, config: { 'retention.ms': String(7 * 24 * 3_600_000) } };
}

/**
 * BUG: append without expected version. "The database knows what comes next": the event gets the next free version,
 * whatever has happened since its writer read the stream. The numbers have no gap and no double, so it looks right; but of
 * two who decide at the same moment, and append one after the other, both win: an order that was cancelled is completed. (Who
 * appends at the very same moment is stopped by the primary key.)
 */
export async function appendWherever(tx: Tx, streamId: string, type: string): Promise<void> {
  await tx.query(
    `insert into events (stream_id, version, type, data, metadata)
     select $1, coalesce(max(version), 0) + 1, $2, '{}', '{}' from events where stream_id = $1`,
    [streamId, type],
  );
}
