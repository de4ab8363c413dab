import type { BrokerName } from '@conveyor/brokers';
import { type MessageType, messageTypes } from '@conveyor/contracts/messages';
import { deadLetterTopicName, retryTopicName } from '@conveyor/patterns/dead-letter-queue/kafka';
import { deadLetterQueueName, retryQueues } from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { delayTopicName } from '@conveyor/patterns/delayed-queue/kafka';
import { delayQueueName } from '@conveyor/patterns/delayed-queue/rabbitmq';
import { type ConsumerName, consumerNames, consumerSpec } from '../consumers.ts';
import { type DelayedType, delayedRoutes, type Waits } from '../delays.ts';
import { kafkaTopology } from '../kafka.ts';
import { rabbitTopology } from '../rabbitmq.ts';
import { levelsOf } from '../retries.ts';
import { quoteChannels, type RoutedType, routes, topicsOf } from '../routes.ts';
import { isSnapshot, snapshotTopics } from '../snapshots.ts';

/** A place where messages are found: what they are sent to, or what they are taken from. */
export interface Channel {
  /** Its name in the document. */
  readonly id: string;
  readonly broker: BrokerName;
  /** RabbitMQ: a routing key or a queue; Kafka: a topic. Null: whoever asks names it. */
  readonly address: string | null;
  readonly description: string;
  readonly types: readonly MessageType[];
  readonly bindings: object;
}

const routedTypes = Object.keys(routes) as RoutedType[];
const delayedTypes = Object.keys(delayedRoutes) as DelayedType[];

/** The types that a consumer takes, one by one. */
export function typesOf(name: ConsumerName): readonly MessageType[] {
  const { takes } = consumerSpec(name);
  return takes === '#' ? routedTypes.filter((type) => routes[type].exchange === 'events') : takes;
}

/** What is said of places in which messages lie that a consumer could not handle. */
const failed = {
  retry: (name: ConsumerName) => `What ${name} failed to handle waits here for its next try.`,
  dead: (name: ConsumerName) =>
    `What ${name} gave up, with the reason in its headers. Also what fits no schema: of that nothing is promised.`,
};

/** Every channel of both brokers. */
export function channelsOf(waits: Waits): readonly Channel[] {
  return [...routingKeys(waits), ...queues(waits), answers(), ...topics(waits)];
}

/** The name that a channel has in the document. Routing keys and queues may be called the same. */
export const channelId = {
  key: (exchange: string, key: string) => `rabbitmq.exchange.${exchange}.${key}`,
  queue: (name: string) => `rabbitmq.queue.${name}`,
  topic: (name: string) => `kafka.topic.${name}`,
  answers: 'rabbitmq.answers',
};

function routingKeys({ delays, retryDelaysMs }: Waits): readonly Channel[] {
  const exchangeTypes = new Map(
    rabbitTopology(delays, retryDelaysMs).exchanges.map(({ name, type }) => [name, type]),
  );
  return routedTypes.map((type) => {
    const { exchange: name } = routes[type];
    const exchange = { name, type: exchangeTypes.get(name), durable: true, autoDelete: false, vhost: '/' };
    return {
      id: channelId.key(name, type),
      broker: 'rabbitmq',
      address: type,
      description: `What is sent to the exchange ${name} with this routing key.`,
      types: [type],
      bindings: { amqp: { is: 'routingKey', exchange, bindingVersion: '0.3.0' } },
    };
  });
}

function queues({ delays, retryDelaysMs }: Waits): readonly Channel[] {
  return rabbitTopology(delays, retryDelaysMs).queues.map(({ name }) => {
    const own = { name, durable: true, exclusive: false, autoDelete: false, vhost: '/' };
    return {
      id: channelId.queue(name),
      broker: 'rabbitmq',
      address: name,
      ...contentOfQueue(name, { delays, retryDelaysMs }),
      bindings: { amqp: { is: 'queue', queue: own, bindingVersion: '0.3.0' } },
    };
  });
}

type Content = Pick<Channel, 'types' | 'description'>;

function contentOfQueue(queue: string, { delays, retryDelaysMs }: Waits): Content {
  for (const name of consumerNames) {
    const retries = retryQueues(name, retryDelaysMs, levelsOf(name)).map((each) => each.name);
    if (queue === name) return { types: typesOf(name), description: `The work of ${name}.` };
    if (retries.includes(queue)) return { types: typesOf(name), description: failed.retry(name) };
    if (queue === deadLetterQueueName(name)) return { types: typesOf(name), description: failed.dead(name) };
  }
  for (const type of delayedTypes) {
    const { queues: prefix, delay, consumer } = delayedRoutes[type];
    if (queue !== delayQueueName(prefix, delays[delay])) continue;
    return {
      types: [type],
      description: `Waits here for ${delays[delay]} ms before it goes to ${consumer}.`,
    };
  }
  if (queue === quoteChannels.rabbitmq.requests) return questions;
  throw new Error(`Nobody knows what is in the queue ${queue}`);
}

const questions: Content = { types: ['inventory.quote'], description: 'Questions for prices.' };

/** Each asker has a queue of its own for as long as it is connected. */
function answers(): Channel {
  const own = { durable: false, exclusive: true, autoDelete: true, vhost: '/' };
  return {
    id: channelId.answers,
    broker: 'rabbitmq',
    address: null,
    description: 'The queue that the property reply-to of the question names.',
    types: ['inventory.quoted'],
    bindings: { amqp: { is: 'queue', queue: own, bindingVersion: '0.3.0' } },
  };
}

function topics({ delays, retryDelaysMs }: Waits): readonly Channel[] {
  return kafkaTopology(delays, retryDelaysMs).topics.map(({ name, partitions, replicationFactor }) => ({
    id: channelId.topic(name),
    broker: 'kafka',
    address: name,
    ...contentOfTopic(name, { delays, retryDelaysMs }),
    bindings: { kafka: { topic: name, partitions, replicas: replicationFactor, bindingVersion: '0.5.0' } },
  }));
}

function contentOfTopic(topic: string, { delays, retryDelaysMs }: Waits): Content {
  for (const name of consumerNames) {
    const retries = [0, ...retryDelaysMs].map((delayMs) => retryTopicName(name, delayMs));
    if (retries.includes(topic)) return { types: typesOf(name), description: failed.retry(name) };
    if (topic === deadLetterTopicName(name)) return { types: typesOf(name), description: failed.dead(name) };
  }
  for (const type of delayedTypes) {
    const { topics: prefix, delay, consumer } = delayedRoutes[type];
    if (topic !== delayTopicName(prefix, delays[delay])) continue;
    return {
      types: [type],
      description: `Is left here for ${delays[delay]} ms before ${consumer} takes it.`,
    };
  }
  const { requests, replies } = quoteChannels.kafka;
  if (topic === requests) return questions;
  if (topic === replies) return { types: ['inventory.quoted'], description: 'The answers, for all askers.' };
  const states = messageTypes.filter((type) => isSnapshot(type) && snapshotTopics[type] === topic);
  if (states.length > 0)
    return { types: states, description: 'The newest state of each, by its id as the key.' };
  const types = messageTypes.filter((type) => type in routes && topicsOf(type as RoutedType).includes(topic));
  return { types, description: 'The key of each message is what it is about: mostly the id of the order.' };
}
