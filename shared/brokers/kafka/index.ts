export type { KafkaBrokerOptions } from './broker.ts';
export { createKafkaBroker } from './broker.ts';
export type { KafkaTopology, Topic } from './topology.ts';
