import type { BrokerName } from '@conveyor/brokers';
import type { Waits } from '../delays.ts';
import { kafkaTopology } from '../kafka.ts';
import { rabbitTopology } from '../rabbitmq.ts';
import { routes } from '../routes.ts';
import { type Content, queueContents, routedTypes, topicContents } from './contents.ts';

/** A place where messages are found: what they are sent to, or what they are taken from. */
export interface Channel extends Content {
  /** Its name in the document. */
  readonly id: string;
  readonly broker: BrokerName;
  /** RabbitMQ: a routing key or a queue; Kafka: a topic. Null: whoever asks names it. */
  readonly address: string | null;
  readonly bindings: object;
}

/** Every channel of both brokers. */
export function channelsOf(waits: Waits): readonly Channel[] {
  return [...routingKeys(waits), ...queues(waits), answers, ...topics(waits)];
}

/** The name that a channel has in the document. Routing keys and queues may be called the same. */
export const channelId = {
  key: (exchange: string, key: string) => `rabbitmq.exchange.${exchange}.${key}`,
  queue: (name: string) => `rabbitmq.queue.${name}`,
  topic: (name: string) => `kafka.topic.${name}`,
  answers: 'rabbitmq.answers',
};

const amqp = (binding: object) => ({ amqp: { ...binding, bindingVersion: '0.3.0' } });

function routingKeys({ delays, retryDelaysMs }: Waits): readonly Channel[] {
  const { exchanges } = rabbitTopology(delays, retryDelaysMs);
  const exchangeTypes = new Map(exchanges.map(({ name, type }) => [name, type]));
  return routedTypes.map((type) => {
    const { exchange: name } = routes[type];
    const exchange = { name, type: exchangeTypes.get(name), durable: true, autoDelete: false, vhost: '/' };
    return {
      id: channelId.key(name, type),
      broker: 'rabbitmq',
      address: type,
      types: [type],
      description: `What is sent to the exchange ${name} with this routing key.`,
      bindings: amqp({ is: 'routingKey', exchange }),
    };
  });
}

function queues(waits: Waits): readonly Channel[] {
  const contents = queueContents(waits);
  return rabbitTopology(waits.delays, waits.retryDelaysMs).queues.map(({ name }) => {
    const queue = { name, durable: true, exclusive: false, autoDelete: false, vhost: '/' };
    return {
      id: channelId.queue(name),
      broker: 'rabbitmq',
      address: name,
      ...known(contents, name),
      bindings: amqp({ is: 'queue', queue }),
    };
  });
}

/** Each asker has a queue of its own for as long as it is connected. */
const answers: Channel = {
  id: channelId.answers,
  broker: 'rabbitmq',
  address: null,
  types: ['inventory.quoted'],
  description: 'The queue that the property reply-to of the question names.',
  bindings: amqp({ is: 'queue', queue: { durable: false, exclusive: true, autoDelete: true, vhost: '/' } }),
};

function topics(waits: Waits): readonly Channel[] {
  const contents = topicContents(waits);
  return kafkaTopology(waits.delays, waits.retryDelaysMs).topics.map(({ name, partitions }) => ({
    id: channelId.topic(name),
    broker: 'kafka',
    address: name,
    ...known(contents, name),
    bindings: { kafka: { topic: name, partitions, bindingVersion: '0.5.0' } },
  }));
}

/** What carries no message of the contracts is there all the same. */
function known(contents: ReadonlyMap<string, Content>, name: string): Content {
  return contents.get(name) ?? { types: [], description: 'No messages of these contracts.' };
}
