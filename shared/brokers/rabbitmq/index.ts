export type { RabbitBrokerOptions } from './broker.ts';
export { createRabbitBroker } from './broker.ts';
export type { QueueDepths } from './depths.ts';
export { openQueueDepths } from './depths.ts';
export type { Binding, Exchange, Queue, RabbitTopology } from './topology.ts';
