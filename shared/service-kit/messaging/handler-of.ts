import type { Broker, BrokerName, Delivery, OnDelivery } from '@conveyor/brokers';
import { type AtLeastOnceEvent, atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import { untilItWorks } from '@conveyor/patterns/at-least-once/until-it-works';
import { attemptOf } from '@conveyor/patterns/dead-letter-queue/account';
import type { Attempt } from '@conveyor/patterns/dead-letter-queue/attempt';
import { countCrashes } from '@conveyor/patterns/dead-letter-queue/count-crashes';
import { eachTryOnce } from '@conveyor/patterns/dead-letter-queue/each-try-once';
import { failedMessages } from '@conveyor/patterns/dead-letter-queue/failed-messages';
import type { Failure } from '@conveyor/patterns/dead-letter-queue/failure';
import { keepOrder } from '@conveyor/patterns/dead-letter-queue/keep-order';
import { delayBefore } from '@conveyor/patterns/dead-letter-queue/retry-policy';
import type { Solitude } from '@conveyor/patterns/dead-letter-queue/solitude';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import { type ConsumerName, placesOf } from '@conveyor/topology';
import { createRecorder } from '../journal/recorder.ts';
import type { Logger } from '../logger.ts';
import type { Postgres } from '../postgres.ts';
import { inHandlingSpan, withDelivery } from '../telemetry/message-spans.ts';
import type { ConsumerGates } from './consumer-gates.ts';
import { logConsumerEvents, logDuplicate } from './events.ts';
import type { MessageMetrics } from './message-metrics.ts';
import { concerns, readDelivery } from './read-delivery.ts';
import { knownDeaths, type retryPolicies } from './retry-policies.ts';
import { Slots } from './slots.ts';
import { type Subscription, type Surroundings, subscriptionTo } from './subscription.ts';

const defaultConcurrency = 20;

export interface ConsumerSurroundings extends Surroundings {
  readonly database: Postgres;
  /** Those of the handlers, which may share one. */
  readonly transactions: Database;
  readonly log: Logger;
  readonly metrics: MessageMetrics;
  readonly policies: ReturnType<typeof retryPolicies>;
  /** This life of the process, and what all its consumers share. */
  readonly holder: string;
  readonly solitude: Solitude;
  readonly gates: ConsumerGates;
  /** Called when entries of the flight recorder have been written, with the broker on which they leave. */
  readonly wakeJournal: (broker: BrokerName) => void;
}

/**
 * What a consumer does with each message, from the outside in: the order of its key is kept (Kafka) → a message that kills
 * the process is found out → each try is made once → after the work it is acknowledged, or else moved.
 */
export function handlerOf(
  surroundings: ConsumerSurroundings,
  broker: Broker,
  name: ConsumerName,
  subscriptions: readonly Subscription[],
): OnDelivery {
  const { service, database, log, metrics, policies, holder, solitude, wakeJournal } = surroundings;
  metrics.begin(name, broker.name);
  const recorder = createRecorder({
    service,
    consumer: name,
    database,
    onWritten: wakeJournal,
    lastOfLadder: policies.ladder.delaysMs.length + 1,
    log,
  });
  const subscriptionOf = ({ attributes }: Delivery) => subscriptionTo(attributes['type'], subscriptions);
  const recordingOf = (delivery: Delivery) =>
    subscriptionOf(delivery)?.unrecorded ? undefined : recorder(delivery);
  const attached = new Map(
    subscriptions.map((subscription) => [
      subscription,
      subscription.attach({ ...surroundings, database: surroundings.transactions }),
    ]),
  );
  const waitBefore = (delivery: Delivery, attempt: number) =>
    delayBefore(policies[subscriptionOf(delivery)?.retry ?? 'ladder'], attempt);
  const failed = failedMessages({
    consumer: name,
    broker,
    database,
    places: placesOf(name, broker.name),
    delayBefore: waitBefore,
    inOrder: broker.name === 'kafka',
  });

  const isOurs = (delivery: Delivery) => concerns(broker.name, subscriptions, delivery);

  async function work(delivery: Delivery, signal: AbortSignal): Promise<void> {
    if (!isOurs(delivery)) return;
    await inHandlingSpan(name, delivery, async () => {
      const { subscription, message } = readDelivery(subscriptions, delivery);
      const handle = attached.get(subscription);
      if (!handle) return;
      const handled = await metrics.time(name, broker.name, () =>
        handle(message, signal, recordingOf(delivery)),
      );
      metrics.count(name, broker.name, handled);
      if (handled === 'duplicate') logDuplicate(log, broker.name, name, delivery);
    });
  }

  async function setAside(delivery: Delivery, failure: Failure): Promise<void> {
    await recordingOf(delivery)?.deadLettered(failure);
    await failed.setAside(delivery, failure);
  }

  const logEvent = logConsumerEvents(log, broker.name, name);
  function onEvent(event: AtLeastOnceEvent): void {
    logEvent(event);
    metrics.countEvent(name, broker.name, event);
  }
  async function giveUp(delivery: Delivery, failure: Failure): Promise<void> {
    await setAside(delivery, failure);
    onEvent({ kind: 'set-aside', delivery, ...failure });
  }
  const tried = atLeastOnce({
    work,
    delayBefore: waitBefore,
    retryLater: failed.retryLater,
    setAside,
    beforeRetry: async (delivery, { error, attempt }) => recordingOf(delivery)?.retried(error, attempt),
    onEvent,
  });
  const attempt: Attempt = countCrashes({
    consumer: name,
    database,
    holder,
    solitude,
    deaths: knownDeaths,
    attempt: eachTryOnce(failed, tried),
    giveUp,
  });
  const inOrder = broker.name === 'kafka' ? keepOrder({ consumer: name, database, attempt }) : attempt;

  async function handle(delivery: Delivery, signal: AbortSignal): Promise<void> {
    // Only what is asked of the database around a try can fail here, and none of that is the message's fault: it may even have
    // been handled already. Handed back, it would be delivered again and again, and RabbitMQ counts that.
    await untilItWorks(
      () => inOrder(delivery, signal),
      () => true,
      signal,
      (error) => onEvent({ kind: 'repeated', delivery, error }),
    );
  }

  const slots = new Slots(concurrencyOf(subscriptions));
  return async (delivery, signal) => {
    // What has failed before may be the head of a key, and must end as such even if it is nobody's business any more.
    if (!isOurs(delivery) && attemptOf(delivery) === 1) return;
    await slots.use(() => withDelivery(delivery, () => handle(delivery, signal)));
  };
}

/** So many messages in hand at once as the most generous of its subscriptions allows. */
export function concurrencyOf(subscriptions: readonly Subscription[]): number {
  return Math.max(...subscriptions.map(({ concurrency }) => concurrency ?? defaultConcurrency));
}
