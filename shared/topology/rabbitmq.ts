import type { Binding, Queue, RabbitTopology } from '@conveyor/brokers/rabbitmq';
import {
  deadLetterExchange,
  retryQueues,
  withDeadLetters,
} from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { delayQueue } from '@conveyor/patterns/delayed-queue/rabbitmq';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { priorityQueue } from '@conveyor/patterns/priority-queue/rabbitmq';
import { fanout } from '@conveyor/patterns/publish-subscribe/rabbitmq';
import { bindAll, directExchange, topicExchange } from '@conveyor/patterns/routing/rabbitmq';
import { type ConsumerName, consumerSpec, queueConsumers } from './consumers.ts';
import { type Delays, delayedRoutes } from './delays.ts';
import { levelsOf } from './retries.ts';
import { exchanges, quoteChannels, quoteMaxAgeMs, routes } from './routes.ts';

/**
 * `mixed`: quorum queues, but classic ones for priorities and for questions. `quorum`: no others, as a cluster wants it: a classic
 * queue is on one node, and away when that is away. Priorities need RabbitMQ 4.0 then. Up to 4.2 there are two levels, express and
 * standard being alike, and two of the upper go for one of the lower; from 4.3 on there are three, and they are strict.
 */
export type QueueTypes = 'mixed' | 'quorum';

function queueOf(name: ConsumerName, types: QueueTypes): Queue {
  return consumerSpec(name).prioritised && types === 'mixed' ? priorityQueue(name) : workQueue(name);
}

function quoteQueue(types: QueueTypes): Queue {
  const name = quoteChannels.rabbitmq.requests;
  const queue: Queue = types === 'mixed' ? { name, type: 'classic' } : workQueue(name);
  return { ...queue, arguments: { ...queue.arguments, 'x-message-ttl': quoteMaxAgeMs } };
}

const subscribersOfNotifications = queueConsumers.filter((name) =>
  consumerSpec(name).takes.includes('notification.requested'),
);

const notifications = fanout(exchanges.notifications, subscribersOfNotifications);

function bindingsOf(name: ConsumerName): readonly Binding[] {
  const { takes } = consumerSpec(name);
  if (takes === '#') return bindAll(exchanges.events, name, ['#']);
  if (subscribersOfNotifications.includes(name)) return [];
  return takes.flatMap((type) =>
    type in routes ? bindAll(routes[type as keyof typeof routes].exchange, name, [type]) : [],
  );
}

const workOf = (types: QueueTypes) => queueConsumers.map((name) => withDeadLetters(queueOf(name, types)));

const delayQueues = (delays: Delays) =>
  Object.values(delayedRoutes).map(({ queues, delay, consumer }) =>
    delayQueue(queues, delays[delay], consumer),
  );

const retries = (delaysMs: readonly number[]) =>
  queueConsumers.flatMap((name) => retryQueues(name, delaysMs, levelsOf(name)));

/**
 * All of RabbitMQ, as data. Every service declares the whole, so that no start-up order can lose a message.
 * `retryDelaysMs`: the waits before each further try of what failed.
 */
export function rabbitTopology(
  delays: Delays,
  retryDelaysMs: readonly number[],
  types: QueueTypes = 'mixed',
): RabbitTopology {
  const work = workOf(types);
  return {
    exchanges: [
      topicExchange(exchanges.events),
      directExchange(exchanges.commands),
      notifications.exchange,
      deadLetterExchange,
    ],
    queues: [
      ...work.flatMap(({ queues }) => queues),
      ...retries(retryDelaysMs),
      ...delayQueues(delays),
      quoteQueue(types),
    ],
    bindings: [
      ...queueConsumers.flatMap(bindingsOf),
      ...notifications.bindings,
      ...work.flatMap(({ bindings }) => bindings),
    ],
  };
}
