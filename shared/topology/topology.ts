export type { ConsumerName } from './consumers.ts';
export { kafkaTopology, topicsOfConsumer } from './kafka.ts';
export { rabbitTopology } from './rabbitmq.ts';
export type { RoutedType } from './routes.ts';
export { addressOf, brokersOf, priorities, quoteChannels } from './routes.ts';
