import { fileURLToPath } from 'node:url';
import { publicRoutes } from '@conveyor/contracts/http';
import { choreography, endings, requests } from '@conveyor/patterns/saga-choreography/choreography';
import { progress } from '@conveyor/patterns/saga-choreography/progress';
import { DatabaseConfig, MessagingConfig, ServiceConfig } from '@conveyor/service-kit/config';
import type { ConsumerDesk } from '@conveyor/service-kit/messaging/consumer-desk';
import { kafkaBrokersOf } from '@conveyor/service-kit/messaging/kafka-brokers';
import { startMessaging } from '@conveyor/service-kit/messaging/messaging';
import { andThen } from '@conveyor/service-kit/messaging/subscription';
import { waitsOf } from '@conveyor/service-kit/messaging/waits';
import { pruneAll } from '@conveyor/service-kit/prune-all';
import { openDatabase, type ServiceBase } from '@conveyor/service-kit/service';
import { asyncApi, consumers } from '@conveyor/topology';
import { type Static, Type } from 'typebox';
import { requireAdminToken } from './adapters/admin-token.ts';
import { Bell } from './adapters/bell.ts';
import { addConsole } from './adapters/console.ts';
import { addConsumerRoutes } from './adapters/consumers.ts';
import { addDeadLetterRoutes } from './adapters/dead-letters.ts';
import { createDemos, type Demos } from './adapters/demo-process.ts';
import { addDocumentation } from './adapters/documentation.ts';
import { eventStreams } from './adapters/event-stream.ts';
import { addFaultRoutes } from './adapters/faults.ts';
import { forwardRoutes } from './adapters/forwarding.ts';
import { addHealthRoute } from './adapters/health.ts';
import { pruneJournal } from './adapters/journal.ts';
import { addOrderMessageRoute } from './adapters/order-message.ts';
import { addPatternRoutes } from './adapters/patterns.ts';
import { limitRate } from './adapters/rate-limit.ts';
import { remoteConsumers } from './adapters/remote-consumers.ts';
import { remoteDesk } from './adapters/remote-desk.ts';
import { addStreamRoute } from './adapters/stream.ts';
import { addTimelineRoute } from './adapters/timeline.ts';
import { addFlow } from './flow.ts';
import { heldUpBy } from './handlers/held-up-by.ts';
import { subscriptions } from './subscriptions.ts';

/** Without a path: what stands behind it is made of the contract's paths. */
const Url = Type.String({ pattern: '^https?://[^/?#]+$' });

/** Of the project: chapters are read, and demos started, where they are. */
const root = new URL('../../../', import.meta.url);

const demoToken = 'local-demo';

const journalDays = 30;

export const Config = Type.Object({
  ...ServiceConfig.properties,
  ...DatabaseConfig.properties,
  ...MessagingConfig.properties,
  ORDER_URL: Url,
  ORDER_SAGA_URL: Url,
  ORDER_QUERY_URL: Url,
  INVENTORY_URL: Url,
  PAYMENT_URL: Url,
  NOTIFICATION_URL: Url,
  SANDBOX_URL: Url,
  ADMIN_TOKEN: Type.String({ minLength: 1, default: demoToken }),
  RATE_LIMIT_PER_SECOND: Type.Integer({ minimum: 1, default: 1000 }),
  /** Of somebody who may create databases: with it demos can be played by HTTP. */
  DEMO_POSTGRES_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
});
export type Config = Static<typeof Config>;

const service = 'gateway';

/** The one front door: passes requests on, keeps the story of every order, and serves the console. */
export async function assemble(config: Config, base: ServiceBase): Promise<void> {
  const { http, log } = base;
  if (config.ADMIN_TOKEN === demoToken) {
    log.warn(`ADMIN_TOKEN is the demo's (${demoToken}): for this machine only`);
  }
  const requireAdmin = requireAdminToken(config.ADMIN_TOKEN);
  const services = {
    order: config.ORDER_URL,
    'order-saga': config.ORDER_SAGA_URL,
    'order-query': config.ORDER_QUERY_URL,
    inventory: config.INVENTORY_URL,
    payment: config.PAYMENT_URL,
    notification: config.NOTIFICATION_URL,
    sandbox: config.SANDBOX_URL,
  };
  const migrations = new URL('../migrations/', import.meta.url);
  const database = await openDatabase(base, config, ['outbox', 'inbox', 'dead-letters'], migrations);
  const messaging = startMessaging(base, { service, config, database });
  const others = ['order', 'order-saga', 'order-query', 'inventory', 'payment', 'notification'] as const;
  // Its own in this process: then no path leads from outside to what is inside the system only.
  const deadLetterDesks = new Map([
    ...others.map((name) => [name, remoteDesk(name, services[name])] as const),
    [service, messaging.deadLetters] as const,
  ]);
  const consumerDesks = new Map<string, ConsumerDesk>([
    ...others.map((name) => [name, remoteConsumers(name, services[name])] as const),
    [service, messaging.consumers] as const,
  ]);

  const bell = new Bell();
  const chapters = new URL('shared/patterns/', root);
  const demos = demosOf(config);

  await limitRate(http, config.RATE_LIMIT_PER_SECOND);
  await addDocumentation(http, asyncApi({ hosts: hostsOf(config), ...waitsOf(config) }));
  await http.register(async () => {
    await forwardRoutes(http, publicRoutes, services, requireAdmin);
    addFaultRoutes(http, services, requireAdmin);
    addDeadLetterRoutes(http, {
      consumers: Object.keys(consumers),
      desks: deadLetterDesks,
      requireAdmin,
    });
    addHealthRoute(http, { services, ownReadiness: base.readiness });
    addTimelineRoute(http, {
      database,
      services,
      progressOf: (entries) => progress({ requests, steps: choreography, endings }, entries),
      heldUpBy,
      keptDays: journalDays,
    });
    addStreamRoute(http, { database, bell, send: eventStreams(http) });
    addOrderMessageRoute(http, database);
    addConsumerRoutes(http, { desks: consumerDesks, requireAdmin });
    addFlow(config, base, consumerDesks);
    addPatternRoutes(http, { chapters, demos, requireAdmin, send: eventStreams(http) });
  });
  await addConsole(http, log);

  messaging.subscribe(
    subscriptions.map((each) => (each.type === 'journal.recorded' ? andThen(each, () => bell.ring()) : each)),
  );
  base.everyHour(() => pruneAll((atMost) => pruneJournal(database, journalDays, atMost)));
  if (demos) base.onStop(demos);
  base.onStop(messaging);
  base.onStop({ stop: () => database.close() });
}

/** Without the names and passwords that a URL may have. */
function hostsOf(config: MessagingConfig) {
  return { rabbitmq: new URL(config.RABBITMQ_URL).host, kafka: kafkaBrokersOf(config)[0] ?? '' };
}

/** Undefined unless it is known who may create the databases of a demo. */
function demosOf(config: Config): Demos | undefined {
  if (config.DEMO_POSTGRES_URL === undefined) return undefined;
  const { RABBITMQ_URL, KAFKA_BROKERS, DEMO_POSTGRES_URL: POSTGRES_URL } = config;
  return createDemos({
    script: fileURLToPath(new URL('scripts/pattern.ts', root)),
    env: { RABBITMQ_URL, KAFKA_BROKERS, POSTGRES_URL, NO_COLOR: '1' },
  });
}
