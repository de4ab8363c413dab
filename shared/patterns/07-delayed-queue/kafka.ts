import type { Delivery } from '@conveyor/brokers';
import type { Topic } from '@conveyor/brokers/kafka';
import { dueTime } from './delayed-queue.ts';

/** 90 days from when a message is due: Kafka deletes by age, whether anybody has read it or not. */
const keepMs = 90 * 24 * 3_600_000;

/**
 * A topic whose messages all wait for `delayMs`. Kafka hands out whatever there is, so the *consumer*
 * waits: its messages carry when they are due, and it consumes with `notBefore: heldUntil`.
 *
 * All messages of a topic wait equally long, so the first of a partition is the first due, and while
 * it is not the whole partition can be left in Kafka. Therefore the delay stands in the topic's name:
 * after a change of it new messages go to another topic, and do not wait behind longer ones.
 */
export function delayTopic(prefix: string, delayMs: number, partitions: number): Topic {
  return {
    name: delayTopicName(prefix, delayMs),
    partitions,
    config: {
      'retention.ms': String(delayMs + keepMs),
      // Each message says by Kafka's clock when it was stored, whatever its sender's clock says.
      'message.timestamp.type': 'LogAppendTime',
    },
  };
}

/** For example `delay-300000`: the topic whose messages wait for 300,000 ms. */
export function delayTopicName(prefix: string, delayMs: number): string {
  return `${prefix}-${delayMs}`;
}

/**
 * Until when a message of a delay topic has to wait, in milliseconds since 1970: until it is due, but
 * not longer than the topic's delay after Kafka stored it. Without that bound one sender whose clock is
 * an hour ahead would hold up everything behind its message for an hour. The bound counts from the
 * storing, not from when a consumer sees the message: it would be later at each look, and never come.
 *
 * Undefined (it need not wait) if the message does not say when it is due, or the topic is of no delay.
 */
export function heldUntil({ headers, origin }: Pick<Delivery, 'headers' | 'origin'>): number | undefined {
  const due = dueTime({ headers });
  const [, delayMs] = /-(\d+)$/.exec(origin.channel) ?? [];
  if (due === undefined || delayMs === undefined) return undefined;
  return Math.min(due, (origin.storedAt ?? due) + Number(delayMs));
}

/**
 * Whether a topic holds messages of `prefix` with whatever delay, for a consumer's `alsoFrom`: a
 * changed setting leaves messages behind in the topic of the former delay, and they are due as well.
 */
export function isDelayTopicOf(prefix: string): (topic: string) => boolean {
  const start = `${prefix}-`;
  return (topic) => topic.startsWith(start) && /^\d+$/.test(topic.slice(start.length));
}
