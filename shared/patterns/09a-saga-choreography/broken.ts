import { Kafka, logLevel } from 'kafkajs';
import type { Hold } from './participant.ts';

/**
 * BUG: no key. "The order's number stands in the body anyway": without a key the producer deals the messages out to all
 * partitions, and order is kept within one only. All is well for as long as every event is handled before the next one is sent.
 */
export async function tellWithoutKey(
  brokers: readonly string[],
): Promise<{ tell(topic: string, event: string): Promise<void>; stop(): Promise<void> }> {
  const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  return {
    async tell(topic, event) {
      await producer.send({ topic, acks: -1, messages: [{ value: event }] });
    },
    stop: () => producer.disconnect(),
  };
}

/**
 * BUG: no tombstone. "Nothing is reserved, so there is nothing to release": nothing is written down either, and when the
 * reservation comes after all it is made, for an order that has been given up. Nobody will release it a second time.
 */
export function holdWithoutTombstone(hold: Hold, heard: 'order.created' | 'order.cancelled'): Hold {
  if (heard === 'order.created') return hold === 'none' ? 'reserved' : hold;
  return hold === 'reserved' ? 'released' : hold;
}
