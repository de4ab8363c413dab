import { randomUUID } from 'node:crypto';
import type { Broker, BrokerName, Consumer, OnDelivery } from '@conveyor/brokers';
import { createKafkaBroker } from '@conveyor/brokers/kafka';
import { createRabbitBroker } from '@conveyor/brokers/rabbitmq';
import type { Draft } from '@conveyor/contracts/messages';
import { pruneCrashCounts } from '@conveyor/patterns/dead-letter-queue/crash-counts';
import { pruneDeadLetters } from '@conveyor/patterns/dead-letter-queue/letter-actions';
import { pruneRetries } from '@conveyor/patterns/dead-letter-queue/retries';
import { Solitude } from '@conveyor/patterns/dead-letter-queue/solitude';
import { groupCommit } from '@conveyor/patterns/idempotent-consumer/group-commit';
import { pruneInbox } from '@conveyor/patterns/idempotent-consumer/inbox';
import { appendToOutbox, type OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { isOn, kafkaTopology, rabbitTopology } from '@conveyor/topology';
import type { DatabaseConfig, MessagingConfig } from '../config.ts';
import type { DeadLetterDesk } from '../dead-letters/desk.ts';
import { createLocalDesk } from '../dead-letters/local-desk.ts';
import { startDeadLetterSinks } from '../dead-letters/sinks.ts';
import { recordState } from '../journal/journal-rows.ts';
import type { Postgres } from '../postgres.ts';
import { pruneAll } from '../prune-all.ts';
import type { ServiceBase } from '../service.ts';
import { sharedTransactions } from '../telemetry/statement-spans.ts';
import { ConsumerGates } from './consumer-gates.ts';
import { guardedBroker } from './guarded-broker.ts';
import { type ConsumerSurroundings, handlerOf } from './handler-of.ts';
import { kafkaBrokersOf } from './kafka-brokers.ts';
import { createMessageMetrics } from './message-metrics.ts';
import { type Cause, toOutboxRows } from './outgoing.ts';
import { type Relays, startRelays } from './relays.ts';
import { retryPolicies } from './retry-policies.ts';
import { startConsumers } from './start-consumers.ts';
import type { Subscription } from './subscription.ts';
import { waitsOf } from './waits.ts';

export interface MessagingOptions {
  readonly service: string;
  readonly config: MessagingConfig & DatabaseConfig;
  readonly database: Postgres;
  /** Called after each commit of a handler with the messages that it wrote. */
  readonly onCommitted?: (rows: readonly OutboxRow[]) => void;
}

/**
 * For how long a service knows what it has handled, tried again and given up. Longer than Kafka keeps what is redelivered (90
 * days): a message that came again after its row is gone would be handled again.
 */
export const rememberedDays = 100;

/** A service's connection to both brokers: its relays, its consumers, and the way into its outbox. */
export interface Messaging {
  readonly brokers: Readonly<Record<BrokerName, Broker>>;
  /**
   * Writes messages into the outbox within `tx`, and the new state of the order that they are about, in words, into
   * the flight recorder; call {@link wakeRelays} after the commit.
   */
  send(tx: Tx, cause: Cause, drafts: readonly Draft[], state?: string): Promise<void>;
  wakeRelays(): void;
  /** The messages that the service has given up. */
  readonly deadLetters: DeadLetterDesk;
  /** Whether all of its consumers take what comes on this broker: none is paused, and the broker hands it out. */
  hears(broker: BrokerName): boolean;
  /** Its consumers, each of which can be paused. */
  readonly consumers: ConsumerGates;
  /** Starts one consumer per name that occurs in `subscriptions`, on each broker, and what gathers their dead letters. */
  subscribe(subscriptions: readonly Subscription[]): void;
  /** What handles the messages of one consumer, for whoever reads the log of Kafka itself and meets one that needs more care. */
  handler(subscriptions: readonly Subscription[]): OnDelivery;
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
  const { delays, retryDelaysMs } = waitsOf(config);
  const brokers = {
    rabbitmq: guardedBroker(base, 'rabbitmq', (onEvent) =>
      createRabbitBroker({
        url: config.RABBITMQ_URL,
        topology: rabbitTopology(delays, retryDelaysMs, config.RABBITMQ_QUEUE_TYPES),
        clientName: service,
        onEvent,
      }),
    ),
    kafka: guardedBroker(base, 'kafka', (onEvent) =>
      createKafkaBroker({
        brokers: kafkaBrokersOf(config),
        topology: kafkaTopology(delays, retryDelaysMs),
        clientId: service,
        onEvent,
      }),
    ),
  };
  const stopping = new AbortController();
  const relays = new Map<BrokerName, Relays>();
  const gates = new ConsumerGates();
  const consumersOn: Record<BrokerName, Consumer[]> = { rabbitmq: [], kafka: [] };
  const sinks: Consumer[] = [];
  const wakeJournal = (broker: BrokerName) => relays.get(broker)?.journal.wake();
  const wakeBoth = (broker: BrokerName) => {
    relays.get(broker)?.outbox.wake();
    wakeJournal(broker);
  };
  const surroundings: ConsumerSurroundings = {
    service,
    delays,
    database,
    transactions: groupCommit(database, { shared: sharedTransactions(database) }),
    log,
    metrics: createMessageMetrics(base.metrics),
    policies: retryPolicies(retryDelaysMs),
    holder: randomUUID(),
    solitude: new Solitude(),
    gates,
    wakeJournal,
    wakeRelays: (rows) => {
      for (const row of rows) relays.get(row.broker)?.outbox.wake();
      onCommitted?.(rows);
    },
  };

  base.everyHour(async () => {
    for (const prune of [pruneInbox, pruneRetries, pruneCrashCounts, pruneDeadLetters]) {
      await pruneAll((atMost) => database.transaction((tx) => prune(tx, rememberedDays, atMost)));
    }
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

  return {
    brokers,
    async send(tx, cause, drafts, state) {
      const rows = toOutboxRows({ service, delays }, cause, drafts, new Date());
      await appendToOutbox(tx, rows);
      const [first] = rows;
      if (state && first) await recordState(tx, service, first.message.attributes, state);
    },
    wakeRelays() {
      for (const broker of relays.keys()) wakeBoth(broker);
    },
    deadLetters: createLocalDesk({ service, database, wake: wakeBoth }),
    hears: (broker) => !gates.anyClosed && consumersOn[broker].every(({ consuming }) => consuming),
    consumers: gates,
    subscribe(subscriptions) {
      const byConsumer = Map.groupBy(subscriptions, ({ consumer }) => consumer);
      const all = Object.values(brokers);
      for (const broker of all)
        consumersOn[broker.name].push(...startConsumers(surroundings, broker, byConsumer));
      for (const broker of all) {
        const names = [...byConsumer.keys()].filter((name) => isOn(broker.name, name));
        sinks.push(...startDeadLetterSinks({ service, consumers: names, brokers: [broker], database, log }));
      }
    },
    handler(subscriptions) {
      const [first] = subscriptions;
      if (!first) throw new Error('a handler needs a subscription');
      return handlerOf(surroundings, brokers.kafka, first.consumer, subscriptions);
    },
    async stop(graceMs) {
      stopping.abort();
      // Whatever fails to stop must not keep the others from it.
      const consumers = [...Object.values(consumersOn).flat(), ...sinks];
      await Promise.allSettled(consumers.map((consumer) => consumer.stop(graceMs)));
      await Promise.allSettled(
        [...relays.values()].flatMap(({ outbox, journal }) => [outbox.stop(), journal.stop()]),
      );
      await Promise.allSettled(Object.values(brokers).map((broker) => broker.close()));
    },
  };
}
