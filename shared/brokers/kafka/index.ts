export type { KafkaBrokerOptions } from './broker.ts';
export { createKafkaBroker } from './broker.ts';
export type { ReadLogOptions } from './read-log.ts';
export { readLog } from './read-log.ts';
export type { KafkaTopology, Topic } from './topology.ts';
