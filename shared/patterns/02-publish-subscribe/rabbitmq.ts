import type { Binding, Exchange } from '@conveyor/brokers/rabbitmq';

/** An exchange that copies each message to every queue bound to it: one queue per subscriber. */
export function fanout(
  exchange: string,
  queues: readonly string[],
): { readonly exchange: Exchange; readonly bindings: readonly Binding[] } {
  return {
    exchange: { name: exchange, type: 'fanout' },
    // A fanout exchange ignores the key.
    bindings: queues.map((queue) => ({ exchange, queue, key: '' })),
  };
}
