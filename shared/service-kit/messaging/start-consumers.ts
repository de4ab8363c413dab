import type { Broker, BrokerName, ConsumeOptions, Consumer, Delivery } from '@conveyor/brokers';
import { isRetryTopicOf } from '@conveyor/patterns/dead-letter-queue/kafka';
import { heldUntil } from '@conveyor/patterns/delayed-queue/kafka';
import {
  type ConsumerName,
  consumerSpec,
  type Delays,
  delayTopicsOfConsumer,
  isDelayTopicOfConsumer,
  retryGroupOf,
  retryTopicsOfConsumer,
  sharesOfConsumer,
  topicsOfConsumer,
} from '@conveyor/topology';
import { type ConsumerSurroundings, concurrencyOf, handlerOf } from './handler-of.ts';
import type { Subscription } from './subscription.ts';

type Source = Pick<ConsumeOptions, 'channels' | 'alsoFrom' | 'notBefore' | 'shareOf'>;

/**
 * Starts the consumers of a service on one broker, one for each name; on Kafka also one for the retries of them all. On
 * RabbitMQ a message that has waited for its next try comes back to its queue by itself. Who reads the log sees to
 * its messages itself; only what has failed comes to it from here.
 */
export function startConsumers(
  surroundings: ConsumerSurroundings,
  broker: Broker,
  byName: ReadonlyMap<ConsumerName, readonly Subscription[]>,
): readonly Consumer[] {
  const { gates } = surroundings;
  const all = [...byName].map(([name, subscriptions]) => ({
    name,
    gate: gates.gateOf(name),
    concurrency: concurrencyOf(subscriptions),
    onDelivery: handlerOf(surroundings, broker, name, subscriptions),
  }));
  const consumers = all
    .filter(({ name }) => !consumerSpec(name).readsLog)
    .map(({ gate, ...own }) =>
      broker.consume({ ...own, ...sourceOf(broker.name, own.name, surroundings.delays), gateOf: () => gate }),
    );
  if (broker.name === 'rabbitmq') return consumers;

  const ownerOf = (topic: string) => all.find(({ name }) => isRetryTopicOf(name)(topic));
  const retries = broker.consume({
    // A group of its own, which waits all the time: nobody's fresh messages must wait with it.
    name: retryGroupOf(surroundings.service),
    ...retrySource(
      all.map(({ name }) => name),
      surroundings.policies.ladder.delaysMs,
    ),
    concurrency: Math.max(...all.map(({ concurrency }) => concurrency)),
    gateOf: (topic) => ownerOf(topic)?.gate,
    poolOf: ownerOf,
    async onDelivery(delivery: Delivery, signal: AbortSignal) {
      await ownerOf(delivery.origin.channel)?.onDelivery(delivery, signal);
    },
  });
  return [...consumers, retries];
}

/** A consumer's queue, or its topics; those in which messages wait until they are due it reads with that in mind. */
function sourceOf(broker: BrokerName, name: ConsumerName, delays: Delays): Source {
  if (broker === 'rabbitmq') return { channels: [name] };
  const shareOf = sharesOfConsumer(name);
  if (shareOf) return { channels: topicsOfConsumer(name), shareOf };
  const waiting = delayTopicsOfConsumer(name, delays);
  if (waiting.length === 0) return { channels: topicsOfConsumer(name) };
  return {
    channels: [...topicsOfConsumer(name), ...waiting],
    alsoFrom: (topic) => isDelayTopicOfConsumer(name, topic),
    notBefore: heldUntil,
  };
}

/** The retry topics of all consumers of a service, those of former waits included. */
function retrySource(names: readonly ConsumerName[], delaysMs: readonly number[]): Source {
  return {
    channels: names.flatMap((name) => retryTopicsOfConsumer(name, delaysMs)),
    alsoFrom: (topic) => names.some((name) => isRetryTopicOf(name)(topic)),
    notBefore: heldUntil,
  };
}
