export type { ConsumerName, ConsumerSpec } from './consumers.ts';
export { consumerNames, consumerSpec } from './consumers.ts';
export { kafkaTopology, topicsOfConsumer } from './kafka.ts';
export { rabbitTopology } from './rabbitmq.ts';
export type { RoutedType } from './routes.ts';
export { addressOf, brokersOf, priorities, quoteChannels } from './routes.ts';
