import type { Binding, Exchange } from '@conveyor/brokers/rabbitmq';
import { fanout } from './rabbitmq.ts';

/**
 * BUG: one shared queue. The exchange copies each message to every queue, but there is only one: its consumers share
 * the copies instead of each getting all. With the one subscriber of the first day nobody can see it.
 */
export function oneQueueForAll(
  exchange: string,
  queue: string,
): { readonly exchange: Exchange; readonly bindings: readonly Binding[] } {
  return fanout(exchange, [queue]);
}

/**
 * BUG: one group id for all. "They are all consumers of notifications", so the group is called that: Kafka takes
 * them for workers of one service and shares the partitions out among them.
 */
export function oneGroupForAll(
  group: string,
  subscribers: readonly string[],
  topics: readonly string[],
): readonly { readonly group: string; readonly topics: readonly string[] }[] {
  return subscribers.map(() => ({ group, topics }));
}
