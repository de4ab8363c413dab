export type { RabbitBrokerOptions } from './broker.ts';
export { createRabbitBroker } from './broker.ts';
export type { Binding, Exchange, Queue, RabbitTopology } from './topology.ts';
