export { asyncApi } from './asyncapi/document.ts';
export type { ConsumerName } from './consumers.ts';
export { consumerSpec, consumers, isOn } from './consumers.ts';
export type { Delays, Waits } from './delays.ts';
export { delayOf } from './delays.ts';
export { flowOf } from './flow/flow.ts';
export {
  delayTopicsOfConsumer,
  isDelayTopicOfConsumer,
  kafkaTopology,
  sharesOfConsumer,
  topicsOfConsumer,
} from './kafka.ts';
export { deadLetterGroupOf, kafkaGroups, retryGroupOf, retryTopicsOfConsumer } from './kafka-groups.ts';
export { rabbitTopology } from './rabbitmq.ts';
export { placesOf } from './retries.ts';
export type { SentType } from './routes.ts';
export { addressOf, brokersOf, isPrioritised, priorities, quoteChannels, quoteMaxAgeMs } from './routes.ts';
export { isSnapshot } from './snapshots.ts';
