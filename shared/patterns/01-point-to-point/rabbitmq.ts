import type { Queue } from '@conveyor/brokers/rabbitmq';

/**
 * A queue whose messages are work: each goes to one of the workers that consume it. Quorum queues
 * write every message to disk before confirming it. The delivery limit is only a net under
 * everything else: it counts deliveries, not failures, so a low one would throw out the innocent
 * messages that a crashing worker happened to hold.
 */
export function workQueue(name: string): Queue {
  return { name, type: 'quorum', arguments: { 'x-delivery-limit': 1000 } };
}
