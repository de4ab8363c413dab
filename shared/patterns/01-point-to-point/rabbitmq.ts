import type { Queue } from '@conveyor/brokers/rabbitmq';

/**
 * A queue whose messages are work: each goes to one of the workers that consume it. Quorum queues
 * write every message to disk before confirming it. The delivery limit is only a net under
 * everything else: it counts deliveries (from 4.3 on not those handed back by `basic.nack`), not failures, so a low one
 * would throw out the innocent messages that a crashing worker happened to hold. Left out, it is 20 from RabbitMQ 4.0 on. What goes beyond it is thrown
 * away, unless the queue has dead letters: so work gets them (`withDeadLetters`, chapter 06).
 */
export function workQueue(name: string): Queue {
  return { name, type: 'quorum', arguments: { 'x-delivery-limit': 1000 } };
}
