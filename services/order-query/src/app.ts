import { type Follower, openKafkaLog } from '@conveyor/brokers/kafka';
import { batchProjection, type ProjectBatch } from '@conveyor/patterns/cqrs/batch-projection';
import { DatabaseConfig, MessagingConfig, ServiceConfig } from '@conveyor/service-kit/config';
import { logBrokerEvents } from '@conveyor/service-kit/messaging/events';
import { startMessaging } from '@conveyor/service-kit/messaging/messaging';
import { addOwnRoutes } from '@conveyor/service-kit/messaging/own-routes';
import { readDelivery } from '@conveyor/service-kit/messaging/read-delivery';
import type { Subscription } from '@conveyor/service-kit/messaging/subscription';
import { openDatabase, type ServiceBase } from '@conveyor/service-kit/service';
import { inBatchSpan } from '@conveyor/service-kit/telemetry/message-spans';
import { createWatch } from '@conveyor/service-kit/watch';
import { type Static, Type } from 'typebox';
import { answerOfKafka } from './adapters/answer-of-kafka.ts';
import { checkElasticsearch, openElasticsearch } from './adapters/elasticsearch.ts';
import { createGenerations } from './adapters/generations.ts';
import { addSearchRoutes } from './adapters/http.ts';
import { madeAt } from './adapters/index-names.ts';
import { orderIndex } from './adapters/order-index.ts';
import { recordProjected } from './adapters/projected-entries.ts';
import { createLease } from './adapters/rebuild-lease.ts';
import { createReader } from './adapters/search-orders.ts';
import { createStoppedOrders } from './adapters/stopped-orders.ts';
import { evolve, type OrderDocument, orderShape } from './domain/order-document.ts';
import { followGenerations } from './handlers/follow-generations.ts';
import { type LoggedEvent, loggedEvent } from './handlers/logged-event.ts';
import { projectLog } from './handlers/project-log.ts';
import { projectOne } from './handlers/project-one.ts';
import { projectionStatus } from './handlers/projection-status.ts';
import { createRebuild } from './handlers/rebuild-projection.ts';
import { subscriptions } from './subscriptions.ts';

export const Config = Type.Object({
  ...ServiceConfig.properties,
  ...DatabaseConfig.properties,
  ...MessagingConfig.properties,
  ELASTICSEARCH_URL: Type.String({ pattern: '^https?://' }),
});

const logTopic = 'order-events';

/** How long it may take at most to start a new release in the place of the former. */
const upgradeMs = 3_600_000;

/** The read side: projects the events of all orders into Elasticsearch, and answers searches. */
export async function assemble(config: Static<typeof Config>, base: ServiceBase): Promise<void> {
  const { http, log } = base;
  const database = await openDatabase(
    base,
    config,
    ['outbox', 'inbox', 'dead-letters'],
    new URL('../migrations/', import.meta.url),
  );
  const messaging = startMessaging(base, { service: 'order-query', config, database });
  const client = openElasticsearch(config.ELASTICSEARCH_URL);
  base.addCheck('elasticsearch', () => checkElasticsearch(client));

  const watch = createWatch();
  const observeFreshness = base.metrics.histogram({
    name: 'conveyor_read_side_freshness_seconds',
    help: 'From the moment an event was written until it is in the read model; searches show it within another second.',
    labels: [],
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
  });
  const stopped = createStoppedOrders(database);
  const generations = createGenerations(client, stopped, orderShape, () => new Date());
  const kafka = openKafkaLog({
    brokers: config.KAFKA_BROKERS.split(','),
    clientId: 'order-query',
    topic: logTopic,
    onEvent: logBrokerEvents(log, 'kafka'),
    gate: messaging.consumers.gateOf('order-query.events'),
  });
  // Each generation is fed by a group of its own, which begins at the first event there is.
  const groupOf = (generation: string) => `order-query.${generation}`;
  const fedLog = {
    ends: () => answerOfKafka(kafka.ends()),
    positions: (generation: string) => answerOfKafka(kafka.positions(groupOf(generation))),
  };
  const rebuild = createRebuild({
    generations,
    log: fedLog,
    lease: createLease(database),
    onChange: () => followed.look(),
    async forget(generation) {
      await kafka.forget(groupOf(generation));
      await stopped.forget(generation);
    },
    onTrouble: (err) => log.error({ err }, 'the read model was not rebuilt'),
    onBehind: (messages) => log.info({ messages: Number(messages) }, 'a new read model is still behind'),
    onDone: (index) => log.info({ index }, 'the read model was rebuilt'),
  });

  /** Of each generation that is being fed here. */
  const projections = new Map<string, ProjectBatch<LoggedEvent>>();

  async function onApplied(events: readonly LoggedEvent[]): Promise<void> {
    if (events.length === 0) return;
    await recordProjected(database, events);
    messaging.wakeRelays();
    for (const { time, streamId } of events) {
      observeFreshness({}, (Date.now() - Date.parse(time)) / 1_000);
      watch.tell(streamId);
    }
  }

  /** For single events, into the generation that `projection` finds. */
  function oneByOneInto(projection: () => ProjectBatch<LoggedEvent> | undefined): readonly Subscription[] {
    return subscriptions(async (message) => {
      const event = loggedEvent(message);
      await projectOne(projection(), event);
      await onApplied([event]);
    });
  }

  function feed(name: string, isLive: () => boolean, isAlone: boolean): Follower {
    log.info({ index: name }, 'an index is being fed');
    const projection = batchProjection<LoggedEvent, OrderDocument>(orderIndex(client, name), evolve);
    projections.set(name, projection);
    const own = oneByOneInto(() => projection);
    // What is older than the generation was told of when it went into the one before. If that is not fed here, because its documents have another
    // shape, nobody may have fed it while a new release was started; what is told twice is recognised.
    const since = new Date(Date.parse(madeAt(name)) - (isAlone ? upgradeMs : 0)).toISOString();
    const isNews = (time: string) => isLive() || time >= since;
    const { read, onBatch } = projectLog({
      read: (delivery) => loggedEvent(readDelivery(own, delivery).message),
      projection,
      onApplied: (events) => onApplied(events.filter(({ envelope }) => isNews(envelope.time))),
      onStopped: async (orderIds) => {
        if (!isLive()) await stopped.add(name, orderIds);
      },
      oneByOne: messaging.handler(own),
      onTrouble: (err) => log.warn({ err, index: name }, 'a batch is not projected yet'),
    });
    const follower = kafka.follow(groupOf(name), read, (entries, signal) => {
      const news = entries
        .map(({ delivery }) => delivery)
        .filter(({ attributes }) => isNews(attributes['time'] ?? ''));
      return inBatchSpan('index', 'order-query.events', news, () => onBatch(entries, signal));
    });
    return {
      get following() {
        return follower.following;
      },
      async stop(graceMs) {
        await follower.stop(graceMs);
        // The index may be fed again meanwhile, by another follower.
        if (projections.get(name) === projection) projections.delete(name);
      },
    };
  }

  const followed = followGenerations({
    generations,
    settle: () => rebuild.settle(),
    feed,
    onTrouble: (err) => log.warn({ err }, 'the indices of the read model are not known'),
  });
  messaging.subscribe(oneByOneInto(() => projections.get(followed.live ?? '')));
  base.addCheck('projection', async () => {
    if (!followed.following && !followed.outrun) throw new Error('the log is not being read');
  });

  const reader = createReader(client, watch);
  addSearchRoutes(http, {
    search: reader.search,
    seen: reader.seen,
    status: () => projectionStatus(generations, fedLog, rebuild.rebuilding),
    rebuild: () => rebuild.rebuild(),
  });
  // Whoever waits for a version is let go.
  http.addHook('preClose', async () => watch.releaseAll());
  addOwnRoutes(http, messaging);

  base.onStop({
    async stop(graceMs) {
      await Promise.all([rebuild.stop(), followed.stop(graceMs)]);
    },
  });
  base.onStop({ stop: () => kafka.close() });
  base.onStop(messaging);
  base.onStop({ stop: () => client.close() });
  base.onStop({ stop: () => database.close() });
}
