import type { Queue } from '@conveyor/brokers/rabbitmq';
import type { Level } from './priority-queue.ts';

/** What a message of each level is to be sent with as its `priority`. Without one it counts as 0. */
export const priorityOf: Readonly<Record<Level, number>> = { high: 10, normal: 5, low: 1 };

/**
 * A queue that hands out the highest priority first, and within one priority the oldest. It is *strict*: as long as
 * there is anything above it, the lowest waits.
 *
 * Only what waits in the queue can be overtaken. What has been prefetched is handed out, however low it is, so a
 * consumer's prefetch must be what it really works on at once, and no more.
 *
 * It must be classic: a quorum queue refuses `x-max-priority` on RabbitMQ 3.10, and has two levels on 4.0. That
 * gives up a lot. There is one copy of it, on one node; a message on its way to the dead letters may be lost; no
 * delivery limit ends what kills its consumer again and again. And inside it is a queue of its own for each
 * number up to 10, which costs memory and time: take few levels, and only where somebody waits.
 */
export function priorityQueue(name: string): Queue {
  return { name, type: 'classic', arguments: { 'x-max-priority': priorityOf.high } };
}
