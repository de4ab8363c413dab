import type { KafkaTopology } from '../../shared/brokers/kafka/index.ts';
import { kafkaTopology } from '../../shared/topology/topology.ts';

/** Kafka's log of all orders, whatever their broker. */
export const orderLog = 'order-events';

/** The log, called `name`, as the services declare it; the delays, which it has nothing to do with, are made up. */
export function orderLogTopology(name: string): KafkaTopology {
  const { topics } = kafkaTopology({ orderExpiresAfterMs: 1 }, []);
  return { topics: topics.filter((topic) => topic.name === orderLog).map((topic) => ({ ...topic, name })) };
}
