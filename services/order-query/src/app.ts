import { openKafkaLog } from '@conveyor/brokers/kafka';
import { DatabaseConfig, MessagingConfig, ServiceConfig } from '@conveyor/service-kit/config';
import { logBrokerEvents } from '@conveyor/service-kit/messaging/events';
import { kafkaBrokersOf } from '@conveyor/service-kit/messaging/kafka-brokers';
import { startMessaging } from '@conveyor/service-kit/messaging/messaging';
import { addOwnRoutes } from '@conveyor/service-kit/messaging/own-routes';
import { openDatabase, type ServiceBase } from '@conveyor/service-kit/service';
import { createWatch } from '@conveyor/service-kit/watch';
import { type Static, Type } from 'typebox';
import { answerOfKafka } from './adapters/answer-of-kafka.ts';
import { checkElasticsearch, openElasticsearch } from './adapters/elasticsearch.ts';
import { createGenerations } from './adapters/generations.ts';
import { addSearchRoutes } from './adapters/http.ts';
import { orderIndex } from './adapters/order-index.ts';
import { createReader } from './adapters/order-reader.ts';
import { createLease } from './adapters/rebuild-lease.ts';
import { createStoppedOrders } from './adapters/stopped-orders.ts';
import { orderShape } from './domain/order-document.ts';
import { createFeeding } from './feed-generation.ts';
import { followGenerations } from './handlers/follow-generations.ts';
import { projectionStatus } from './handlers/projection-status.ts';
import { createRebuild } from './handlers/rebuild-projection.ts';

export const Config = Type.Object({
  ...ServiceConfig.properties,
  ...DatabaseConfig.properties,
  ...MessagingConfig.properties,
  ELASTICSEARCH_URL: Type.String({ pattern: '^https?://' }),
});
export type Config = Static<typeof Config>;

const service = 'order-query';

const logTopic = 'order-events';

/** The read side: projects the events of all orders into Elasticsearch, and answers searches. */
export async function assemble(config: Config, base: ServiceBase): Promise<void> {
  const { http, log } = base;
  const database = await openDatabase(
    base,
    config,
    ['outbox', 'inbox', 'dead-letters'],
    new URL('../migrations/', import.meta.url),
  );
  const messaging = startMessaging(base, { service, config, database });
  const client = openElasticsearch(config.ELASTICSEARCH_URL);
  base.addCheck('elasticsearch', () => checkElasticsearch(client));

  const watch = createWatch();
  const stopped = createStoppedOrders(database);
  const generations = createGenerations(client, stopped, orderShape, () => new Date());
  const kafka = openKafkaLog({
    brokers: kafkaBrokersOf(config),
    clientId: service,
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

  const feeding = createFeeding(base, {
    indexOf: (generation) => orderIndex(client, generation),
    follow: (generation, read, onBatch) => kafka.follow(groupOf(generation), read, onBatch),
    database,
    messaging,
    stopped,
    watch,
  });
  const followed = followGenerations({
    generations,
    settle: () => rebuild.settle(),
    feed: feeding.feed,
    onTrouble: (err) => log.warn({ err }, 'the indices of the read model are not known'),
  });
  messaging.subscribe(feeding.oneByOneInto(() => followed.live));
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
