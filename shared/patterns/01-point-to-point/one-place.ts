import type { Address, BrokerName } from '@conveyor/brokers';
import type { Topologies } from '@conveyor/patterns/demo';
import { workTopic } from './kafka.ts';
import { workQueue } from './rabbitmq.ts';

// What most demos and proofs are played on, so that each is the same on both brokers.

/** One queue of this name, or one topic of a single partition: what is sent there comes in its order. */
export function onePlace(name: string): Topologies {
  return { rabbitmq: { queues: [workQueue(name)] }, kafka: { topics: [workTopic(name, 1)] } };
}

/**
 * Where a message is sent that is to come to `channel` and nowhere else. RabbitMQ: the queue of that name, by way of the
 * default exchange, which knows every queue by its name. Kafka: the topic; `key` decides which partition, and whose order
 * is kept.
 */
export function addressIn(broker: BrokerName, channel: string, key: string): Address {
  return broker === 'kafka' ? { channel, key } : { channel: '', key: channel };
}
