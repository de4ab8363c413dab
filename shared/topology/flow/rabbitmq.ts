import type { Queue } from '@conveyor/brokers/rabbitmq';
import type { FlowLink, FlowNode } from '@conveyor/contracts/http';
import { type MessageType, messageTypes } from '@conveyor/contracts/messages';
import { deadLetterQueueName, retryQueues } from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { queueConsumers } from '../consumers.ts';
import { type Delays, delayedRoutes, isDelayed, type Waits, waitingPlace } from '../delays.ts';
import { rabbitTopology } from '../rabbitmq.ts';
import { levelsOf } from '../retries.ts';
import { quoteChannels, type RoutedType, routes } from '../routes.ts';
import { senders, serviceOf } from '../senders.ts';
import { chapterOfConsumer, chapterOfExchange } from './chapters.ts';
import { type Graph, nodeId } from './graph.ts';

/** What is told of a queue, besides its name. */
type Told = Pick<FlowNode, 'role' | 'chapter' | 'consumer' | 'service'>;

/** RabbitMQ: every exchange, queue and binding, and what is sent to and taken from them. */
export function rabbitFlow(waits: Waits): Graph {
  const { exchanges, queues, bindings } = rabbitTopology(waits.delays, waits.retryDelaysMs);
  const told = toldOfQueues(waits);
  return {
    nodes: [
      ...exchanges.map(({ name }): FlowNode => {
        const chapter = chapterOfExchange(name);
        return { id: nodeId.exchange(name), kind: 'exchange', broker: 'rabbitmq', name, chapter };
      }),
      ...queues.map(
        ({ name }): FlowNode => ({
          id: nodeId.queue(name),
          kind: 'queue',
          broker: 'rabbitmq',
          name,
          ...told.get(name),
        }),
      ),
    ],
    links: [
      ...messageTypes.flatMap((type) => sendings(type, waits.delays)),
      ...bindings.map(({ exchange, queue, key }) => ({
        from: nodeId.exchange(exchange),
        to: nodeId.queue(queue),
        ...(key && { label: key }),
      })),
      ...queues.flatMap(onwards),
      ...takings(waits),
    ],
  };
}

function toldOfQueues({ delays, retryDelaysMs }: Waits): ReadonlyMap<string, Told> {
  const ofConsumers = queueConsumers.flatMap((consumer): (readonly [string, Told])[] => {
    const owned = { consumer, service: serviceOf(consumer) };
    const failed = { ...owned, chapter: 'dead-letter-queue' };
    return [
      [consumer, { ...owned, role: 'work', chapter: chapterOfConsumer(consumer) }],
      ...retryQueues(consumer, retryDelaysMs, levelsOf(consumer)).map(
        ({ name }) => [name, { ...failed, role: 'delay' }] as const,
      ),
      [deadLetterQueueName(consumer), { ...failed, role: 'dead' }],
    ];
  });
  const ofDelays = Object.entries(delayedRoutes).map(([type, { consumer }]) => {
    const { key } = waitingPlace(type as keyof typeof delayedRoutes, 'rabbitmq', '', delays);
    const owned = { consumer, service: serviceOf(consumer) };
    return [key, { ...owned, role: 'delay', chapter: 'delayed-queue' }] as const;
  });
  const quotes: Told = { role: 'work', chapter: 'request-reply', service: 'inventory' };
  return new Map([...ofConsumers, ...ofDelays, [quoteChannels.rabbitmq.requests, quotes]]);
}

/** What is sent from where to where; an answer goes to a queue of its asker, which comes and goes. */
function sendings(type: MessageType, delays: Delays): readonly FlowLink[] {
  const to = targetOf(type, delays);
  if (!to) return [];
  return senders[type].map((service) => ({ from: nodeId.service(service), to, label: type }));
}

function targetOf(type: MessageType, delays: Delays): string | undefined {
  if (type === 'inventory.quote') return nodeId.queue(quoteChannels.rabbitmq.requests);
  if (isDelayed(type)) return nodeId.queue(waitingPlace(type, 'rabbitmq', '', delays).key);
  return type in routes ? nodeId.exchange(routes[type as RoutedType].exchange) : undefined;
}

/** Where a queue's messages go that it does not keep. */
function onwards({ name, arguments: given }: Queue): readonly FlowLink[] {
  const { 'x-dead-letter-exchange': exchange, 'x-dead-letter-routing-key': key } = given ?? {};
  if (exchange === undefined) return [];
  const to = exchange === '' ? nodeId.queue(String(key)) : nodeId.exchange(String(exchange));
  return [{ from: nodeId.queue(name), to }];
}

/** Who takes from a queue; and a consumer that fails puts the message where it waits for its next try. */
function takings({ retryDelaysMs }: Waits): readonly FlowLink[] {
  const ofConsumers = queueConsumers.flatMap((consumer) => {
    const service = nodeId.service(serviceOf(consumer));
    return [
      { from: nodeId.queue(consumer), to: service },
      { from: nodeId.queue(deadLetterQueueName(consumer)), to: service },
      ...retryQueues(consumer, retryDelaysMs, levelsOf(consumer)).map(({ name }) => ({
        from: service,
        to: nodeId.queue(name),
        label: 'another try',
      })),
    ];
  });
  const quotes = {
    from: nodeId.queue(quoteChannels.rabbitmq.requests),
    to: nodeId.service('inventory'),
  };
  return [...ofConsumers, quotes];
}
