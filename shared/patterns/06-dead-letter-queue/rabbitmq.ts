import type { Binding, Exchange, Queue } from '@conveyor/brokers/rabbitmq';

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
    name: `${queue.name}.dead`,
    type: 'quorum',
    arguments: { 'x-delivery-limit': 1_000_000 },
  };
  return {
    queues: [{ ...queue, arguments: { ...queue.arguments, ...target, ...safely } }, dead],
    bindings: [{ exchange: deadLetterExchange.name, queue: dead.name, key: queue.name }],
  };
}
