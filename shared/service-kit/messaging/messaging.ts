import type { Broker, BrokerName, Consumer, Delivery } from '@conveyor/brokers';
import { createKafkaBroker } from '@conveyor/brokers/kafka';
import { createRabbitBroker } from '@conveyor/brokers/rabbitmq';
import type { Draft } from '@conveyor/contracts/messages';
import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import { deadLetterTopicName } from '@conveyor/patterns/dead-letter-queue/kafka';
import { deadLetterExchange } from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { setAside } from '@conveyor/patterns/dead-letter-queue/set-aside';
import { pruneInbox } from '@conveyor/patterns/idempotent-consumer/inbox';
import { appendToOutbox, type OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import { type Relay, startRelay } from '@conveyor/patterns/transactional-outbox/relay';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { type ConsumerName, kafkaTopology, rabbitTopology, topicsOfConsumer } from '@conveyor/topology';
import type { DatabaseConfig, MessagingConfig } from '../config.ts';
import type { Postgres } from '../postgres.ts';
import type { ServiceBase } from '../service.ts';
import { logBrokerEvents, logConsumerEvents, logRelayEvents } from './events.ts';
import { type Cause, toOutboxRows } from './outgoing.ts';
import { readDelivery } from './read-delivery.ts';
import { connectRelay } from './relay-connection.ts';
import type { Subscription } from './subscription.ts';

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
  /** Writes messages into the outbox within `tx`; call {@link wakeRelays} after the commit. */
  send(tx: Tx, cause: Cause, drafts: readonly Draft[]): Promise<void>;
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
  const brokers = {
    rabbitmq: createRabbitBroker({
      url: config.RABBITMQ_URL,
      topology: rabbitTopology,
      clientName: service,
      onEvent: logBrokerEvents(log, 'rabbitmq'),
    }),
    kafka: createKafkaBroker({
      brokers: config.KAFKA_BROKERS.split(','),
      topology: kafkaTopology,
      clientId: service,
      onEvent: logBrokerEvents(log, 'kafka'),
    }),
  };
  const stopping = new AbortController();
  const relays: Relay[] = [];
  const consumers: Consumer[] = [];
  const wakeRelays = () => {
    for (const relay of relays) relay.wake();
  };
  const delaysMs = config.RETRY_DELAYS_MS.split(',').map(Number);

  base.everyHour(async () => {
    while ((await database.transaction((tx) => pruneInbox(tx, inboxDays, pruneAtMost))) === pruneAtMost);
  });
  for (const broker of Object.values(brokers)) {
    base.addCheck(broker.name, () => broker.check());
    broker.start();
    broker.connected(stopping.signal).then(
      () => {
        relays.push(
          startRelay({
            service,
            broker,
            connect: () => connectRelay(config.DATABASE_URL),
            onEvent: logRelayEvents(log, broker.name),
          }),
        );
      },
      () => {}, // only when stopping before the broker ever came up
    );
  }

  function consumerOf(broker: Broker, name: ConsumerName, subscriptions: readonly Subscription[]): Consumer {
    const surroundings = {
      service,
      database,
      wakeRelays: (rows: readonly OutboxRow[]) => {
        wakeRelays();
        onCommitted?.(rows);
      },
      onDuplicate: (
        consumer: ConsumerName,
        { id, type, envelope }: { id: string; type: string; envelope: { subject: string } },
      ) =>
        log.debug(
          { consumer, broker: broker.name, message_id: id, type, order_id: envelope.subject },
          'seen before',
        ),
    };
    const attached = new Map(
      subscriptions.map((subscription) => [subscription, subscription.attach(surroundings)]),
    );
    const work = async (delivery: Delivery, signal: AbortSignal) => {
      const understood = readDelivery(broker.name, subscriptions, delivery);
      if (understood) await attached.get(understood.subscription)?.(understood.message, signal);
    };
    return broker.consume({
      name,
      channels: broker.name === 'rabbitmq' ? [name] : topicsOfConsumer(name),
      concurrency: Math.max(...subscriptions.map(({ concurrency }) => concurrency ?? defaultConcurrency)),
      onDelivery: atLeastOnce({
        work,
        delaysMs,
        setAside: (delivery, failure) =>
          setAside(broker, {
            ...failure,
            delivery,
            consumer: name,
            deadLetterAddress: deadLetterAddress(broker.name, name),
          }),
        onEvent: logConsumerEvents(log, broker.name, name),
      }),
    });
  }

  return {
    brokers,
    send: (tx, cause, drafts) => appendToOutbox(tx, toOutboxRows(service, cause, drafts, new Date())),
    wakeRelays,
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
      await Promise.allSettled(relays.map((relay) => relay.stop()));
      await Promise.allSettled(Object.values(brokers).map((broker) => broker.close()));
    },
  };
}

function deadLetterAddress(broker: BrokerName, consumer: ConsumerName): { channel: string; key: string } {
  return broker === 'rabbitmq'
    ? { channel: deadLetterExchange.name, key: consumer }
    : { channel: deadLetterTopicName(consumer), key: consumer };
}
