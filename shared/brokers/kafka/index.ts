export type { KafkaBrokerOptions } from './broker.ts';
export { createKafkaBroker } from './broker.ts';
export type { KafkaLog, KafkaLogOptions, LogPositions } from './log.ts';
export { openKafkaLog } from './log.ts';
export type { Follower, OnLogBatch } from './log-follower.ts';
export type { ReadLogOptions } from './read-log.ts';
export { readLog } from './read-log.ts';
export type { KafkaTopology, Topic } from './topology.ts';
