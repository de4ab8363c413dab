import type { Queue } from '@conveyor/brokers/rabbitmq';

/**
 * A queue without consumers: what is sent to it lies there for `delayMs` and then moves on to the
 * queue `target`. Both are on disk all the time, so no process has to live that long, and no timer
 * runs in any of ours.
 *
 * The delay belongs to the queue, not to the message: with a time of its own per message a short one
 * would wait behind a long one, for RabbitMQ looks only at the head. And it stands in the name, for
 * RabbitMQ refuses to declare a queue that exists with another one (406). After a change there are
 * two queues, and the old one goes on handing over what it holds.
 */
export function delayQueue(prefix: string, delayMs: number, target: string): Queue {
  return {
    name: delayQueueName(prefix, delayMs),
    type: 'quorum',
    arguments: {
      'x-message-ttl': delayMs,
      // Through the default exchange, which knows every queue by its name: no binding can be forgotten.
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': target,
      // The way from one queue to the other is confirmed too: by default a crash could lose the message there.
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
      // Nobody consumes here, but whoever takes a look at the head and puts it back counts as a delivery:
      // beyond the limit, 20 by default from RabbitMQ 4.0 on, the message would move on before it is due.
      'x-delivery-limit': 1000,
    },
  };
}

/** For example `delay.300000`: the queue that holds for 300,000 ms, to be sent to through the default exchange. */
export function delayQueueName(prefix: string, delayMs: number): string {
  return `${prefix}.${delayMs}`;
}
