import type { BrokerName } from '@conveyor/brokers';
import { kafkaPlaces } from '@conveyor/patterns/dead-letter-queue/kafka';
import { rabbitPlaces } from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { type ConsumerName, consumerSpec } from './consumers.ts';
import { priorities } from './routes.ts';

/** The priorities of a consumer's messages on RabbitMQ; none when they have none. */
export function levelsOf(name: ConsumerName): readonly number[] {
  return consumerSpec(name).prioritised ? Object.values(priorities).map(({ level }) => level) : [];
}

/** Where the failed messages of a consumer wait for their next try, and where they lie when there is none. */
export function placesOf(name: ConsumerName, broker: BrokerName) {
  return broker === 'rabbitmq' ? rabbitPlaces(name, levelsOf(name)) : kafkaPlaces(name);
}
