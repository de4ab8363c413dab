import { brokerNames, type Consumer } from '@conveyor/brokers';
import { serveRequests } from '@conveyor/patterns/request-reply/request-reply';
import { DatabaseConfig, MessagingConfig, ServiceConfig } from '@conveyor/service-kit/config';
import { addFaultRoutes } from '@conveyor/service-kit/fault-routes';
import { FaultSwitch } from '@conveyor/service-kit/fault-switch';
import { answerRequests } from '@conveyor/service-kit/messaging/answer-requests';
import { logServeEvents } from '@conveyor/service-kit/messaging/events';
import { startMessaging } from '@conveyor/service-kit/messaging/messaging';
import { addOwnRoutes } from '@conveyor/service-kit/messaging/own-routes';
import { openDatabase, type ServiceBase } from '@conveyor/service-kit/service';
import { quoteChannels, quoteMaxAgeMs } from '@conveyor/topology';
import { type Static, Type } from 'typebox';
import { addProductRoutes } from './adapters/product-routes.ts';
import { products } from './adapters/products.ts';
import { reservations } from './adapters/reservations.ts';
import { answerQuote } from './handlers/answer-quote.ts';
import { putProduct } from './handlers/put-product.ts';
import { subscriptions } from './subscriptions.ts';

export const Config = Type.Object({
  ...ServiceConfig.properties,
  ...DatabaseConfig.properties,
  ...MessagingConfig.properties,
});
export type Config = Static<typeof Config>;

const service = 'inventory';
const concurrentQuotes = 50;

/** Products and their stock: shows and changes them over HTTP; quotes, reserves and sells over messages, and promises every unit once. */
export async function assemble(config: Config, base: ServiceBase): Promise<void> {
  const { log, http } = base;
  const database = await openDatabase(
    base,
    config,
    ['outbox', 'inbox', 'dead-letters'],
    new URL('../migrations/', import.meta.url),
  );
  const messaging = startMessaging(base, { service, config, database });
  const faults = new FaultSwitch(['inventory']);

  addProductRoutes(http, {
    database,
    products,
    putProduct: putProduct({ database, products, send: messaging.send }),
    messaging,
  });
  addFaultRoutes(http, faults);

  messaging.subscribe(subscriptions({ reservations, faults }));
  const answer = answerRequests({
    service,
    request: 'inventory.quote',
    reply: 'inventory.quoted',
    answer: answerQuote({ database, products, faults }),
  });
  const quotes: Consumer[] = brokerNames.map((name) =>
    serveRequests({
      broker: messaging.brokers[name],
      name: 'inventory.quote',
      channels: [quoteChannels[name].requests],
      concurrency: concurrentQuotes,
      maxAgeMs: quoteMaxAgeMs,
      answer,
      onEvent: logServeEvents(log, name, 'inventory.quote'),
    }),
  );

  base.onStop({
    stop: async (graceMs) => void (await Promise.all(quotes.map((consumer) => consumer.stop(graceMs)))),
  });
  addOwnRoutes(http, messaging);
  base.onStop(messaging);
  base.onStop({ stop: () => database.close() });
}
