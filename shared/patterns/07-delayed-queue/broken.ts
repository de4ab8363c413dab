import type { Topic } from '@conveyor/brokers/kafka';
import type { Queue } from '@conveyor/brokers/rabbitmq';
import { connect } from 'amqplib';
import { delayTopic } from './kafka.ts';

/** For {@link sendExpiring}: a queue for all waits, which has none of its own. */
export function queueOfAllWaits(name: string, target: string): Queue {
  const moving = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': target };
  return { name, type: 'classic', arguments: moving };
}

/**
 * BUG: per-message TTL. One queue for all waits, and each message brings its own: less to declare. But only the head of a
 * queue expires, so a wait of half a second behind one of an hour takes an hour.
 */
export async function sendExpiring(
  url: string,
  queue: string,
  messages: readonly { readonly body: string; readonly waitMs: number }[],
): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  for (const { body, waitMs } of messages) {
    channel.sendToQueue(queue, Buffer.from(body), { persistent: true, expiration: String(waitMs) });
  }
  await channel.waitForConfirms();
  await connection.close();
}

/**
 * BUG: two waits in one topic. Each message says when it is due, so they may as well lie together. Nobody looks behind the
 * head of a partition: what is due sooner waits until that is due.
 */
export function topicOfAllWaits(prefix: string, longestMs: number): Topic {
  return delayTopic(prefix, longestMs, 1);
}
