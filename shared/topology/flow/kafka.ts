import type { FlowLink, FlowNode } from '@conveyor/contracts/http';
import { type MessageType, messageTypes } from '@conveyor/contracts/messages';
import { deadLetterTopicName } from '@conveyor/patterns/dead-letter-queue/kafka';
import { consumerNames } from '../consumers.ts';
import { type Delays, delayedRoutes, isDelayed, type Waits, waitingPlace } from '../delays.ts';
import { kafkaTopology, topicsOfConsumer } from '../kafka.ts';
import { type KafkaGroup, kafkaGroups, retryTopicsOfConsumer } from '../kafka-groups.ts';
import { quoteChannels, type RoutedType, routes, topicsOf } from '../routes.ts';
import { senders, serviceOf } from '../senders.ts';
import { isSnapshot, snapshotTopics } from '../snapshots.ts';
import { chapterOfConsumer, chapterOfLog } from './chapters.ts';
import { type Graph, nodeId } from './graph.ts';

/** What is told of a topic, besides its name. */
type Told = Pick<FlowNode, 'role' | 'chapter' | 'consumer' | 'service'>;
type Named = readonly [topic: string, told: Told];

/** Kafka: every topic and consumer group, and what is sent to and taken from them. */
export function kafkaFlow(waits: Waits): Graph {
  const told = toldOfTopics(waits);
  const groups = kafkaGroups(waits);
  return {
    nodes: [
      ...kafkaTopology(waits.delays, waits.retryDelaysMs).topics.map(
        ({ name }): FlowNode => ({
          id: nodeId.topic(name),
          kind: 'topic',
          broker: 'kafka',
          name,
          ...told.get(name),
        }),
      ),
      ...groups.map(groupNode),
    ],
    links: [
      ...messageTypes.flatMap((type) => sendings(type, waits.delays)),
      ...groups.flatMap(groupLinks),
      ...failures(waits),
      ...answers(),
    ],
  };
}

function groupNode({ name, service, consumer, role }: KafkaGroup): FlowNode {
  const node = { id: nodeId.group(name), kind: 'group', broker: 'kafka', name, service, role } as const;
  return consumer
    ? { ...node, consumer, chapter: chapterOfConsumer(consumer) }
    : { ...node, chapter: 'dead-letter-queue' };
}

function groupLinks({ name, service, topics }: KafkaGroup): readonly FlowLink[] {
  const group = nodeId.group(name);
  return [
    ...topics.map((topic) => ({ from: nodeId.topic(topic), to: group })),
    { from: group, to: nodeId.service(service) },
  ];
}

function toldOfTopics({ delays, retryDelaysMs }: Waits): ReadonlyMap<string, Told> {
  const routed = Object.keys(routes) as RoutedType[];
  const logs = routed
    .filter((type) => routes[type].exchange === 'events')
    .flatMap(topicsOf)
    .concat(Object.values(snapshotTopics))
    .map((topic): Named => [topic, { role: 'log', chapter: chapterOfLog(topic) }]);
  const quotes: Told = { role: 'work', chapter: 'request-reply' };
  const ofConsumers = consumerNames.flatMap((consumer): readonly Named[] => {
    const owned = { consumer, service: serviceOf(consumer) };
    const failed = { ...owned, chapter: 'dead-letter-queue' };
    return [
      ...topicsOfConsumer(consumer).map(
        (topic) => [topic, { role: 'work', chapter: chapterOfConsumer(consumer) }] as const,
      ),
      ...retryTopicsOfConsumer(consumer, retryDelaysMs).map(
        (topic) => [topic, { ...failed, role: 'delay' }] as const,
      ),
      [deadLetterTopicName(consumer), { ...failed, role: 'dead' }],
    ];
  });
  const ofDelays = Object.entries(delayedRoutes).map(([type, { consumer }]): Named => {
    const { channel } = waitingPlace(type as keyof typeof delayedRoutes, 'kafka', '', delays);
    const owned = { consumer, service: serviceOf(consumer) };
    return [channel, { ...owned, role: 'delay', chapter: 'delayed-queue' }];
  });
  const { requests, replies } = quoteChannels.kafka;
  // What is a log stays one, whoever reads it.
  return new Map([...ofConsumers, ...ofDelays, ...logs, [requests, quotes], [replies, quotes]]);
}

/** What is sent from where to where. */
function sendings(type: MessageType, delays: Delays): readonly FlowLink[] {
  return senders[type].flatMap((service) =>
    topicsFor(type, delays).map((topic) => ({
      from: nodeId.service(service),
      to: nodeId.topic(topic),
      label: type,
    })),
  );
}

function topicsFor(type: MessageType, delays: Delays): readonly string[] {
  if (type === 'inventory.quote') return [quoteChannels.kafka.requests];
  if (type === 'inventory.quoted') return [quoteChannels.kafka.replies];
  if (isDelayed(type)) return [waitingPlace(type, 'kafka', '', delays).channel];
  return isSnapshot(type) ? [snapshotTopics[type]] : topicsOf(type as RoutedType);
}

/** A consumer that fails puts the message where it waits for its next try, and in the end to the dead letters. */
function failures({ retryDelaysMs }: Waits): readonly FlowLink[] {
  return consumerNames.flatMap((consumer) => {
    const from = nodeId.service(serviceOf(consumer));
    return [
      ...retryTopicsOfConsumer(consumer, retryDelaysMs).map((topic) => ({
        from,
        to: nodeId.topic(topic),
        label: 'another try',
      })),
      { from, to: nodeId.topic(deadLetterTopicName(consumer)), label: 'given up' },
    ];
  });
}

/** Whoever asks reads the answers for himself, in a group that comes and goes. */
function answers(): readonly FlowLink[] {
  const { requests, replies } = quoteChannels.kafka;
  return [
    { from: nodeId.topic(requests), to: nodeId.service('inventory') },
    { from: nodeId.topic(replies), to: nodeId.service('order') },
  ];
}
