import type { Address, Delivery } from '@conveyor/brokers';
import type { Topic } from '@conveyor/brokers/kafka';
import { delayTopic, delayTopicName, isDelayTopicOf } from '@conveyor/patterns/delayed-queue/kafka';
import type { Places } from './failed-messages.ts';

/**
 * Kafka has no dead letters of its own: a consumer that gives a message up writes it to a topic and
 * then commits. The topic belongs to the group, not to the source topic: other groups may have
 * handled the message well.
 */
export function deadLetterTopic(group: string): Topic {
  return {
    name: deadLetterTopicName(group),
    partitions: 1,
    // A dead letter is larger than its original: it also says what happened.
    config: { 'retention.ms': '-1', 'max.message.bytes': largest },
  };
}

export function deadLetterTopicName(group: string): string {
  return `${group}-dlq`;
}

const largest = String(16 * 1024 * 1024);

/**
 * Where the messages of a group wait for their next try: a delay topic (chapter 07) for each wait, and one of no
 * wait, by which a redriven message comes back to this group alone. They belong to the group as well: on a
 * retry topic of the source topic every other group would be handed one group's failure.
 *
 * One partition each: of one key only one message is under way here, so there is no order to keep.
 */
export function retryTopics(group: string, delaysMs: readonly number[]): readonly Topic[] {
  return [...new Set([0, ...delaysMs])].map((delayMs) => {
    const topic = delayTopic(retryTopicPrefix(group), delayMs, 1);
    return { ...topic, config: { ...topic.config, 'max.message.bytes': largest } };
  });
}

export function retryTopicName(group: string, delayMs: number): string {
  return delayTopicName(retryTopicPrefix(group), delayMs);
}

/** Whether a topic is of the group's retries, under the present waits or former ones: those are drained as well. */
export function isRetryTopicOf(group: string): (topic: string) => boolean {
  return isDelayTopicOf(retryTopicPrefix(group));
}

function retryTopicPrefix(group: string): string {
  return `${group}-retry`;
}

/** The places of a consumer group. */
export function kafkaPlaces(group: string): Places {
  const keyOf = ({ origin }: Delivery) => origin.address.key;
  const address = (channel: string, delivery: Delivery): Address => ({ channel, key: keyOf(delivery) });
  return {
    retry: (delivery, delayMs) => address(retryTopicName(group, delayMs), delivery),
    dead: (delivery) => address(deadLetterTopicName(group), delivery),
  };
}
