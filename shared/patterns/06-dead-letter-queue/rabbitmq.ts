import type { Binding, Exchange, Queue } from '@conveyor/brokers/rabbitmq';
import { delayQueue, delayQueueName } from '@conveyor/patterns/delayed-queue/rabbitmq';
import type { Places } from './failed-messages.ts';

/** Where messages go that nobody could handle: one direct exchange, one `.dead` queue per work queue. */
export const deadLetterExchange: Exchange = { name: 'dead-letters', type: 'direct' };

/** `queue` with its dead-letter queue, and the binding between them. */
export function withDeadLetters(queue: Queue): {
  readonly queues: readonly Queue[];
  readonly bindings: readonly Binding[];
} {
  // The exchange must be named together with a routing key: without one, messages keep their own key,
  // which no binding of the dead-letter exchange knows, and vanish.
  const target = {
    'x-dead-letter-exchange': deadLetterExchange.name,
    'x-dead-letter-routing-key': queue.name,
  };
  // By default a quorum queue may lose a message on its way to the dead letters; `at-least-once` does
  // not, and requires `reject-publish`. Classic queues have only the default.
  const safely =
    queue.type === 'quorum'
      ? { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' }
      : {};
  const dead: Queue = {
    name: deadLetterQueueName(queue.name),
    type: 'quorum',
    arguments: { 'x-delivery-limit': 1_000_000 },
  };
  return {
    queues: [{ ...queue, arguments: { ...queue.arguments, ...target, ...safely } }, dead],
    bindings: [{ exchange: deadLetterExchange.name, queue: dead.name, key: queue.name }],
  };
}

export function deadLetterQueueName(queue: string): string {
  return `${queue}.dead`;
}

/**
 * Where the messages of a work queue wait for their next try: a delay queue (chapter 07) for each wait, from which they
 * come back to it by themselves.
 *
 * Messages with priorities need one for each `level` besides: from 4.0 on a quorum queue has priorities, so a
 * fresh message of a high one would come to the head and hold up those that are due, for only the head expires.
 */
export function retryQueues(
  queue: string,
  delaysMs: readonly number[],
  levels: readonly number[] = [],
): readonly Queue[] {
  const prefixes = levels.length > 0 ? levels.map((level) => prefixOf(queue, level)) : [prefixOf(queue)];
  const waits = [...new Set(delaysMs)].filter((delayMs) => delayMs > 0);
  return prefixes.flatMap((prefix) => waits.map((delayMs) => delayQueue(prefix, delayMs, queue)));
}

function prefixOf(queue: string, level?: number): string {
  return level === undefined ? `${queue}.retry` : `${queue}.retry.priority-${level}`;
}

/** The places of a work queue's consumer; `levels` as in {@link retryQueues}. */
export function rabbitPlaces(queue: string, levels: readonly number[] = []): Places {
  return {
    retry({ priority = 0 }, delayMs) {
      // Through the default exchange, to this queue only: by the exchange it came by, others would get it again.
      if (delayMs === 0) return { channel: '', key: queue };
      return { channel: '', key: delayQueueName(prefixOf(queue, nearest(priority, levels)), delayMs) };
    },
    dead: () => ({ channel: deadLetterExchange.name, key: queue }),
  };
}

/** The highest level that is not above `priority`, else the lowest there is. */
function nearest(priority: number, levels: readonly number[]): number | undefined {
  const sorted = levels.toSorted((a, b) => b - a);
  return sorted.find((level) => level <= priority) ?? sorted.at(-1);
}
