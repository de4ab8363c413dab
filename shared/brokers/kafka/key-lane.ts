import type { KafkaMessage } from 'kafkajs';

/** Messages of one lane are handled one after another. One without a key has no order to keep: it is a lane of its own. */
export function laneOfRecord(topic: string, partition: number, message: KafkaMessage): unknown {
  return message.key ? JSON.stringify([topic, partition, message.key.toString('base64')]) : message;
}
