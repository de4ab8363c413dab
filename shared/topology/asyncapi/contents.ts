import { type MessageType, messageTypes } from '@conveyor/contracts/messages';
import { deadLetterTopicName } from '@conveyor/patterns/dead-letter-queue/kafka';
import { deadLetterQueueName, retryQueues } from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { delayTopicName } from '@conveyor/patterns/delayed-queue/kafka';
import { delayQueueName } from '@conveyor/patterns/delayed-queue/rabbitmq';
import { type ConsumerName, consumerNames, consumerSpec } from '../consumers.ts';
import { type DelayedType, delayedRoutes, type Waits } from '../delays.ts';
import { retryTopicsOfConsumer } from '../kafka-groups.ts';
import { levelsOf } from '../retries.ts';
import { quoteChannels, type RoutedType, routes, topicsOf } from '../routes.ts';
import { type SnapshotType, snapshotTopics } from '../snapshots.ts';

/** What is in a queue or topic. */
export interface Content {
  readonly types: readonly MessageType[];
  readonly description: string;
}

type Named = readonly (readonly [name: string, content: Content])[];

export const routedTypes = Object.keys(routes) as RoutedType[];
const delayedTypes = Object.keys(delayedRoutes) as DelayedType[];

/** The types that a consumer takes, one by one. */
export function typesOf(name: ConsumerName): readonly MessageType[] {
  const { takes } = consumerSpec(name);
  return takes === '#' ? routedTypes.filter((type) => routes[type].exchange === 'events') : takes;
}

const work = (name: ConsumerName): Content => ({ types: typesOf(name), description: `The work of ${name}.` });

const retry = (name: ConsumerName): Content => ({
  types: typesOf(name),
  description: `What ${name} failed to handle waits here for its next try.`,
});

const dead = (name: ConsumerName): Content => ({
  types: typesOf(name),
  description: `What ${name} gave up, with the reason in its headers. Also what fits no schema: of that nothing is promised.`,
});

const delayed = (type: DelayedType, { delays }: Waits): Content => ({
  types: [type],
  description: `Waits here for ${delays[delayedRoutes[type].delay]} ms before ${delayedRoutes[type].consumer} gets it.`,
});

const questions: Content = { types: ['inventory.quote'], description: 'Questions for prices.' };
const answers: Content = { types: ['inventory.quoted'], description: 'The answers, for all who ask.' };

/** By the name of the queue. */
export function queueContents(waits: Waits): ReadonlyMap<string, Content> {
  const ofConsumers = consumerNames.flatMap(
    (name): Named => [
      [name, work(name)],
      ...retryQueues(name, waits.retryDelaysMs, levelsOf(name)).map(
        (queue) => [queue.name, retry(name)] as const,
      ),
      [deadLetterQueueName(name), dead(name)],
    ],
  );
  const ofDelays = delayedTypes.map((type) => {
    const { queues, delay } = delayedRoutes[type];
    return [delayQueueName(queues, waits.delays[delay]), delayed(type, waits)] as const;
  });
  return new Map([...ofConsumers, ...ofDelays, [quoteChannels.rabbitmq.requests, questions]]);
}

/** By the name of the topic. */
export function topicContents(waits: Waits): ReadonlyMap<string, Content> {
  const ofConsumers = consumerNames.flatMap(
    (name): Named => [
      ...retryTopicsOfConsumer(name, waits.retryDelaysMs).map((topic) => [topic, retry(name)] as const),
      [deadLetterTopicName(name), dead(name)],
    ],
  );
  const ofDelays = delayedTypes.map((type) => {
    const { topics, delay } = delayedRoutes[type];
    return [delayTopicName(topics, waits.delays[delay]), delayed(type, waits)] as const;
  });
  const { requests, replies } = quoteChannels.kafka;
  const others: Named = [
    [requests, questions],
    [replies, answers],
  ];
  return new Map([...ofTypes(), ...ofSnapshots(), ...ofConsumers, ...ofDelays, ...others]);
}

function ofTypes(): Named {
  const topics = new Set(routedTypes.flatMap(topicsOf));
  return [...topics].map((topic) => {
    const types = messageTypes.filter((type) => isRouted(type) && topicsOf(type).includes(topic));
    const description = 'The key of a message is what it is about: mostly the id of an order.';
    return [topic, { types, description }];
  });
}

function ofSnapshots(): Named {
  const description =
    'The newest state of each, by its id as the key; an empty body says that it is archived.';
  return Object.entries(snapshotTopics).map(([type, topic]) => [
    topic,
    { types: [type as SnapshotType], description },
  ]);
}

function isRouted(type: MessageType): type is RoutedType {
  return type in routes;
}
