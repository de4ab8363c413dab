import type { Topic } from '@conveyor/brokers/kafka';

/**
 * Kafka has no dead letters of its own: a consumer that gives a message up writes it to a topic and
 * then commits. The topic belongs to the group, not to the source topic: other groups may have
 * handled the message well.
 */
export function deadLetterTopic(group: string, replicationFactor: number): Topic {
  return {
    name: deadLetterTopicName(group),
    partitions: 1,
    replicationFactor,
    // A dead letter is larger than its original: it also says what happened.
    config: { 'retention.ms': '-1', 'max.message.bytes': String(16 * 1024 * 1024) },
  };
}

export function deadLetterTopicName(group: string): string {
  return `${group}-dlq`;
}
