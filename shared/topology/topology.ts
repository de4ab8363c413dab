export type { ConsumerName } from './consumers.ts';
export type { Delays } from './delays.ts';
export { delayOf } from './delays.ts';
export { delayTopicsOfConsumer, isDelayTopicOfConsumer, kafkaTopology, topicsOfConsumer } from './kafka.ts';
export { rabbitTopology } from './rabbitmq.ts';
export type { SentType } from './routes.ts';
export { addressOf, brokersOf, priorities, quoteChannels } from './routes.ts';
