import type { Topic } from '@conveyor/brokers/kafka';
import { workTopic } from '@conveyor/patterns/point-to-point/kafka';
import { type Level, levels } from './priority-queue.ts';

/** Of every 13 messages that are begun while all levels have some waiting. */
const shares: Readonly<Record<Level, number>> = { high: 9, normal: 3, low: 1 };

/** The topics of a task, one for each level: in Kafka nothing ever overtakes within a partition. */
export function levelTopics(task: string, partitions: number): readonly Topic[] {
  return levels.map((level) => workTopic(levelTopicName(task, level), partitions));
}

/** For example `payment-charge-high`. */
export function levelTopicName(task: string, level: Level): string {
  return `${task}-${level}`;
}

/**
 * The share of a topic, for a consumer that takes all levels of a task (`shareOf` of its options). Draining the higher
 * levels first would starve the lowest for as long as they have anything; with shares it keeps moving, and whoever
 * is alone has everything. Topics that are of no level count as `normal`.
 *
 * The messages of a key keep their order within a level, and only there: a task that needs it must keep its level.
 */
export function shareOf(topic: string): number {
  const level = levels.find((name) => topic.endsWith(`-${name}`));
  return shares[level ?? 'normal'];
}
