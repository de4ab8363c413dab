import type { Topic } from '@conveyor/brokers/kafka';
import type { Queue } from '@conveyor/brokers/rabbitmq';
import { workTopic } from '@conveyor/patterns/point-to-point/kafka';

/**
 * BUG: priority without levels. Each message carries its priority, and RabbitMQ takes it without a word. A queue that was
 * not declared with `x-max-priority` looks at none of them: first come, first served.
 */
export function queueWithoutLevels(name: string): Queue {
  return { name, type: 'classic', arguments: {} };
}

/**
 * BUG: one topic for all levels. The priority stands in the message, where the consumer can read it: when it has come to it,
 * behind everything that was sent before.
 */
export function oneTopicForAll(task: string, partitions: number): Topic {
  return workTopic(task, partitions);
}
