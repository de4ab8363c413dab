import type { MessageType } from '@conveyor/contracts/messages';

/**
 * The messages that tell a state and not what happened, and the compacted topics that hold them: only on Kafka, since
 * a queue keeps nothing.
 */
export const snapshotTopics = {
  'order.snapshot': 'order-snapshots',
} as const satisfies Partial<Record<MessageType, string>>;

export type SnapshotType = keyof typeof snapshotTopics;

export function isSnapshot(type: MessageType): type is SnapshotType {
  return type in snapshotTopics;
}
