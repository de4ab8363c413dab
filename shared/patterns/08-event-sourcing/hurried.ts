import type { Topic } from '@conveyor/brokers/kafka';

/**
 * `topic`, where what takes Kafka a week takes it seconds: a segment is closed with nearly every message, and whatever is closed is
 * old enough. Only what the topic itself allows to be taken away can be. For tests and proofs.
 */
export function hurried(topic: Topic): Topic {
  const { config = {} } = topic;
  const isLimited = Number(config['retention.ms']) > 0;
  return {
    ...topic,
    config: {
      ...config,
      'segment.ms': '50',
      'min.cleanable.dirty.ratio': '0.01',
      'delete.retention.ms': '0',
      ...(isLimited && { 'retention.ms': '1000' }),
    },
  };
}
