import type { Broker, BrokerName, ConsumeOptions, Consumer, Delivery } from '@conveyor/brokers';
import { createKafkaBroker } from '@conveyor/brokers/kafka';
import { createRabbitBroker } from '@conveyor/brokers/rabbitmq';
import type { Draft } from '@conveyor/contracts/messages';
import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import { deadLetterTopicName } from '@conveyor/patterns/dead-letter-queue/kafka';
import { deadLetterExchange } from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { setAside } from '@conveyor/patterns/dead-letter-queue/set-aside';
import { heldUntil } from '@conveyor/patterns/delayed-queue/kafka';
import { pruneInbox } from '@conveyor/patterns/idempotent-consumer/inbox';
import { appendToOutbox, type OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import {
  type ConsumerName,
  type Delays,
  delayTopicsOfConsumer,
  isDelayTopicOfConsumer,
  kafkaTopology,
  rabbitTopology,
  topicsOfConsumer,
} from '@conveyor/topology';
import type { DatabaseConfig, MessagingConfig } from '../config.ts';
import { recordState } from '../journal/journal-rows.ts';
import { createRecorder } from '../journal/recorder.ts';
import type { Postgres } from '../postgres.ts';
import type { ServiceBase } from '../service.ts';
import { logConsumerEvents, logDuplicate } from './events.ts';
import { guardedBroker } from './guarded-broker.ts';
import { type Cause, toOutboxRows } from './outgoing.ts';
import { readDelivery } from './read-delivery.ts';
import { type Relays, startRelays } from './relays.ts';
import { type Subscription, subscriptionTo } from './subscription.ts';

const defaultConcurrency = 20;
const pruneAtMost = 10_000;

export interface MessagingOptions {
  readonly service: string;
  readonly config: MessagingConfig & DatabaseConfig;
  readonly database: Postgres;
  /** Called after each commit of a handler with the messages that it wrote. */
  readonly onCommitted?: (rows: readonly OutboxRow[]) => void;
}

/** Longer than Kafka keeps what is redelivered (90 days): a message that came again after its row is gone would be handled again. */
const inboxDays = 100;

/** A service's connection to both brokers: its relays, its consumers, and the way into its outbox. */
export interface Messaging {
  readonly brokers: Readonly<Record<BrokerName, Broker>>;
  /**
   * Writes messages into the outbox within `tx`, and the new state of the order that they are about, in words, into
   * the flight recorder; call {@link wakeRelays} after the commit.
   */
  send(tx: Tx, cause: Cause, drafts: readonly Draft[], state?: string): Promise<void>;
  wakeRelays(): void;
  /** Starts one consumer per name that occurs in `subscriptions`, on each broker. */
  subscribe(subscriptions: readonly Subscription[]): void;
  /** Stops taking messages, finishes those in hand and the batches on their way within `graceMs`, closes. What the outbox still holds waits there. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Connects to both brokers, each on its own: while one is away everything on the other goes on, and
 * what is meant for the missing one waits in the outbox. A relay starts once its broker has the
 * whole topology, so that nothing is sent to an exchange without its queues.
 */
export function startMessaging(base: ServiceBase, options: MessagingOptions): Messaging {
  const { service, config, database, onCommitted } = options;
  const { log } = base;
  const delays: Delays = { orderExpiresAfterMs: config.ORDER_EXPIRES_AFTER_MS };
  const brokers = {
    rabbitmq: guardedBroker(base, 'rabbitmq', (onEvent) =>
      createRabbitBroker({
        url: config.RABBITMQ_URL,
        topology: rabbitTopology(delays),
        clientName: service,
        onEvent,
      }),
    ),
    kafka: guardedBroker(base, 'kafka', (onEvent) =>
      createKafkaBroker({
        brokers: config.KAFKA_BROKERS.split(','),
        topology: kafkaTopology(delays),
        clientId: service,
        onEvent,
      }),
    ),
  };
  const stopping = new AbortController();
  const relays = new Map<BrokerName, Relays>();
  const consumers: Consumer[] = [];
  const wakeJournal = (broker: BrokerName) => relays.get(broker)?.journal.wake();
  const delaysMs = config.RETRY_DELAYS_MS.split(',').map(Number);

  base.everyHour(async () => {
    while ((await database.transaction((tx) => pruneInbox(tx, inboxDays, pruneAtMost))) === pruneAtMost);
  });
  for (const broker of Object.values(brokers)) {
    base.addCheck(broker.name, () => broker.check());
    broker.start();
    broker.connected(stopping.signal).then(
      () => {
        const { name } = broker;
        const databaseUrl = config.DATABASE_URL;
        relays.set(name, startRelays({ service, broker, databaseUrl, delays, log, onRecorded: wakeJournal }));
      },
      () => {}, // only when stopping before the broker ever came up
    );
  }

  function consumerOf(broker: Broker, name: ConsumerName, subscriptions: readonly Subscription[]): Consumer {
    const surroundings = {
      service,
      delays,
      database,
      wakeRelays: (rows: readonly OutboxRow[]) => {
        for (const row of rows) relays.get(row.broker)?.outbox.wake();
        onCommitted?.(rows);
      },
    };
    const recorder = createRecorder({
      service,
      consumer: name,
      database,
      onWritten: wakeJournal,
      lastOfLadder: delaysMs.length + 1,
      log,
    });
    const subscriptionOf = ({ attributes }: Delivery) => subscriptionTo(attributes['type'], subscriptions);
    const recordingOf = (delivery: Delivery) =>
      subscriptionOf(delivery)?.unrecorded ? undefined : recorder(delivery);
    const attached = new Map(
      subscriptions.map((subscription) => [subscription, subscription.attach(surroundings)]),
    );
    const work = async (delivery: Delivery, signal: AbortSignal) => {
      const understood = readDelivery(broker.name, subscriptions, delivery);
      if (!understood) return;
      const { subscription, message } = understood;
      const handled = await attached.get(subscription)?.(message, signal, recordingOf(delivery));
      if (handled === 'duplicate') logDuplicate(log, broker.name, name, delivery);
    };
    return broker.consume({
      name,
      ...sourceOf(broker.name, name, delays),
      concurrency: Math.max(...subscriptions.map(({ concurrency }) => concurrency ?? defaultConcurrency)),
      onDelivery: atLeastOnce({
        work,
        delaysMs,
        untilDone: (delivery) => subscriptionOf(delivery)?.untilDone === true,
        beforeRetry: async (delivery, error, attempt) => recordingOf(delivery)?.retried(error, attempt),
        setAside: async (delivery, failure) => {
          await recordingOf(delivery)?.deadLettered(failure);
          await setAside(broker, {
            ...failure,
            delivery,
            consumer: name,
            deadLetterAddress: deadLetterAddress(broker.name, name),
          });
        },
        onEvent: logConsumerEvents(log, broker.name, name),
      }),
    });
  }

  return {
    brokers,
    async send(tx, cause, drafts, state) {
      const rows = toOutboxRows({ service, delays }, cause, drafts, new Date());
      await appendToOutbox(tx, rows);
      const [first] = rows;
      if (state && first) await recordState(tx, service, first.message.attributes, state);
    },
    wakeRelays() {
      for (const { outbox, journal } of relays.values()) {
        outbox.wake();
        journal.wake();
      }
    },
    subscribe(subscriptions) {
      const byConsumer = Map.groupBy(subscriptions, ({ consumer }) => consumer);
      for (const broker of Object.values(brokers)) {
        for (const [name, own] of byConsumer) consumers.push(consumerOf(broker, name, own));
      }
    },
    async stop(graceMs) {
      stopping.abort();
      // Whatever fails to stop must not keep the others from it.
      await Promise.allSettled(consumers.map((consumer) => consumer.stop(graceMs)));
      await Promise.allSettled(
        [...relays.values()].flatMap(({ outbox, journal }) => [outbox.stop(), journal.stop()]),
      );
      await Promise.allSettled(Object.values(brokers).map((broker) => broker.close()));
    },
  };
}

/** A consumer's queue, or its topics; those in which messages wait until they are due it reads with that in mind. */
function sourceOf(
  broker: BrokerName,
  name: ConsumerName,
  delays: Delays,
): Pick<ConsumeOptions, 'channels' | 'alsoFrom' | 'notBefore'> {
  if (broker === 'rabbitmq') return { channels: [name] };
  const waiting = delayTopicsOfConsumer(name, delays);
  if (waiting.length === 0) return { channels: topicsOfConsumer(name) };
  return {
    channels: [...topicsOfConsumer(name), ...waiting],
    alsoFrom: (topic) => isDelayTopicOfConsumer(name, topic),
    notBefore: heldUntil,
  };
}

function deadLetterAddress(broker: BrokerName, consumer: ConsumerName): { channel: string; key: string } {
  return broker === 'rabbitmq'
    ? { channel: deadLetterExchange.name, key: consumer }
    : { channel: deadLetterTopicName(consumer), key: consumer };
}
