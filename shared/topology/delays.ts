import type { Address, BrokerName } from '@conveyor/brokers';
import type { MessageType } from '@conveyor/contracts/messages';
import { delayTopicName } from '@conveyor/patterns/delayed-queue/kafka';
import { delayQueueName } from '@conveyor/patterns/delayed-queue/rabbitmq';
import type { ConsumerName } from './consumers.ts';

/** The waits that are settings, in milliseconds. Each stands in the names of queues and topics. */
export interface Delays {
  readonly orderExpiresAfterMs: number;
}

/** All waits that are settings. */
export interface Waits {
  readonly delays: Delays;
  /** Before each further try of what failed, in milliseconds. */
  readonly retryDelaysMs: readonly number[];
}

interface DelayedRoute {
  /** How long the message waits. */
  readonly delay: keyof Delays;
  /** To whom it goes then; nobody else may take its type. */
  readonly consumer: ConsumerName;
  /** On RabbitMQ and on Kafka: what the delay is appended to, for the queue or topic it waits in. */
  readonly queues: string;
  readonly topics: string;
}

/** The messages that wait on their way. They go by no exchange: a queue of a former delay, still bound, would send each of them once more. */
export const delayedRoutes = {
  'order.expire': {
    delay: 'orderExpiresAfterMs',
    consumer: 'order.expiry',
    queues: 'order.expiry.delay',
    topics: 'order-expiry-delay',
  },
} as const satisfies Partial<Record<MessageType, DelayedRoute>>;

export type DelayedType = keyof typeof delayedRoutes;

export function isDelayed(type: MessageType): type is DelayedType {
  return type in delayedRoutes;
}

/** How long a message of `type` waits on its way; 0 for most. */
export function delayOf(type: MessageType, delays: Delays): number {
  return isDelayed(type) ? delays[delayedRoutes[type].delay] : 0;
}

/** Where a message about `subject` waits: on RabbitMQ a queue, reached through the default exchange. */
export function waitingPlace(
  type: DelayedType,
  broker: BrokerName,
  subject: string,
  delays: Delays,
): Address {
  const { queues, topics, delay } = delayedRoutes[type];
  return broker === 'rabbitmq'
    ? { channel: '', key: delayQueueName(queues, delays[delay]) }
    : { channel: delayTopicName(topics, delays[delay]), key: subject };
}

/** The delayed routes that end at a consumer. */
export function delayedRoutesTo(consumer: ConsumerName): readonly DelayedRoute[] {
  return Object.values(delayedRoutes).filter((route) => route.consumer === consumer);
}
