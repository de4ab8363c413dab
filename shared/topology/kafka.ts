import type { KafkaTopology, Topic } from '@conveyor/brokers/kafka';
import { deadLetterTopic, retryTopics } from '@conveyor/patterns/dead-letter-queue/kafka';
import { delayTopic, delayTopicName, isDelayTopicOf } from '@conveyor/patterns/delayed-queue/kafka';
import { eventLog, snapshotTopic } from '@conveyor/patterns/event-sourcing/kafka';
import { workTopic } from '@conveyor/patterns/point-to-point/kafka';
import { shareOf } from '@conveyor/patterns/priority-queue/kafka';
import { eventTopic } from '@conveyor/patterns/routing/kafka';
import { type ConsumerName, consumerNames, consumerSpec } from './consumers.ts';
import { type Delays, delayedRoutes, delayedRoutesTo } from './delays.ts';
import { quoteChannels, type RoutedType, routes, topicsOf } from './routes.ts';
import { snapshotTopics } from './snapshots.ts';

const partitions = 6;

const routedTypes = Object.keys(routes) as RoutedType[];
const isEvent = (type: RoutedType) => routes[type].exchange === 'events';
const topicNames = (types: readonly RoutedType[]) => [...new Set(types.flatMap(topicsOf))];

/** The log of all orders keeps everything: it is read again from the start. */
const eventTopics = topicNames(routedTypes.filter(isEvent)).map((name) =>
  (name === 'order-events' ? eventLog : eventTopic)(name, partitions),
);

const snapshots = Object.values(snapshotTopics).map((name) => snapshotTopic(name, partitions));

const workTopics = topicNames(routedTypes.filter((type) => !isEvent(type))).map((name) =>
  workTopic(name, partitions),
);

/** Questions and replies are worth seconds; a minute is the shortest retention that is worth configuring. */
const quoteTopics: readonly Topic[] = [quoteChannels.kafka.requests, quoteChannels.kafka.replies].map(
  (name) => ({
    name,
    partitions,
    config: { 'retention.ms': '60000', 'segment.ms': '60000' },
  }),
);

const delayTopics = (delays: Delays) =>
  Object.values(delayedRoutes).map(({ topics, delay }) => delayTopic(topics, delays[delay], partitions));

/** All of Kafka, as data. `retryDelaysMs`: the waits before each further try of what failed. */
export function kafkaTopology(delays: Delays, retryDelaysMs: readonly number[]): KafkaTopology {
  return {
    topics: [
      ...eventTopics,
      ...snapshots,
      ...workTopics,
      ...delayTopics(delays),
      ...quoteTopics,
      ...consumerNames.flatMap((name) => [...retryTopics(name, retryDelaysMs), deadLetterTopic(name)]),
    ],
  };
}

/** The topics that the consumer group `name` reads, as soon as something is in them. */
export function topicsOfConsumer(name: ConsumerName): readonly string[] {
  const { takes } = consumerSpec(name);
  if (takes === '#') return topicNames(routedTypes.filter(isEvent));
  return topicNames(takes.filter((type): type is RoutedType => type in routes));
}

/** The shares of its topics in what the group `name` handles; undefined when its messages have no priorities. */
export function sharesOfConsumer(name: ConsumerName): ((topic: string) => number) | undefined {
  return consumerSpec(name).prioritised ? shareOf : undefined;
}

/** The topics in which messages wait for the group `name`, which reads them when they are due. */
export function delayTopicsOfConsumer(name: ConsumerName, delays: Delays): readonly string[] {
  return delayedRoutesTo(name).map(({ topics, delay }) => delayTopicName(topics, delays[delay]));
}

/** Whether messages for the group `name` wait in `topic`, under the present setting or a former one. */
export function isDelayTopicOfConsumer(name: ConsumerName, topic: string): boolean {
  return delayedRoutesTo(name).some(({ topics }) => isDelayTopicOf(topics)(topic));
}
