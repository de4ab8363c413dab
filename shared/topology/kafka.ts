import type { KafkaTopology, Topic } from '@conveyor/brokers/kafka';
import { deadLetterTopic } from '@conveyor/patterns/dead-letter-queue/kafka';
import { workTopic } from '@conveyor/patterns/point-to-point/kafka';
import { eventTopic } from '@conveyor/patterns/routing/kafka';
import { type ConsumerName, consumerNames, consumerSpec } from './consumers.ts';
import { quoteChannels, type RoutedType, routes, topicsOf } from './routes.ts';

const partitions = 6;
const replicationFactor = 1;

const routedTypes = Object.keys(routes) as RoutedType[];
const isEvent = (type: RoutedType) => routes[type].exchange === 'events';
const topicNames = (types: readonly RoutedType[]) => [...new Set(types.flatMap(topicsOf))];

/** The log of all orders keeps everything: it is read again from the start. */
const eventTopics = topicNames(routedTypes.filter(isEvent)).map((name) =>
  eventTopic(name, partitions, replicationFactor, { keepForever: name === 'order-events' }),
);

const workTopics = topicNames(routedTypes.filter((type) => !isEvent(type))).map((name) =>
  workTopic(name, partitions, replicationFactor),
);

/** Questions and replies are worth seconds; a minute is the shortest retention that is worth configuring. */
const quoteTopics: readonly Topic[] = [quoteChannels.kafka.requests, quoteChannels.kafka.replies].map(
  (name) => ({
    name,
    partitions,
    replicationFactor,
    config: { 'retention.ms': '60000', 'segment.ms': '60000' },
  }),
);

/** All of Kafka, as data. */
export const kafkaTopology: KafkaTopology = {
  topics: [
    ...eventTopics,
    ...workTopics,
    ...quoteTopics,
    ...consumerNames.map((name) => deadLetterTopic(name, replicationFactor)),
  ],
};

/** The topics that the consumer group `name` reads. */
export function topicsOfConsumer(name: ConsumerName): readonly string[] {
  const { takes } = consumerSpec(name);
  if (takes === '#') return topicNames(routedTypes.filter(isEvent));
  return topicNames(takes.filter((type): type is RoutedType => type in routes));
}
