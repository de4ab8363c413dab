import { setTimeout as sleep } from 'node:timers/promises';
import { longestWaitSeconds } from '@conveyor/contracts/http';
import { DatabaseConfig, MessagingConfig, ServiceConfig } from '@conveyor/service-kit/config';
import { startMessaging } from '@conveyor/service-kit/messaging/messaging';
import { addOwnRoutes } from '@conveyor/service-kit/messaging/own-routes';
import { pruneAll } from '@conveyor/service-kit/prune-all';
import { openDatabase, type ServiceBase } from '@conveyor/service-kit/service';
import { createWatch } from '@conveyor/service-kit/watch';
import { quoteChannels } from '@conveyor/topology';
import { type Static, Type } from 'typebox';
import { v7 as uuidv7 } from 'uuid';
import { addOrderRoutes } from './adapters/http.ts';
import { createIdempotencyKeys } from './adapters/idempotency-keys.ts';
import { createOrderMetrics } from './adapters/order-metrics.ts';
import { paymentTokens } from './adapters/payment-tokens.ts';
import { createQuotes } from './adapters/quotes.ts';
import { isFinal } from './domain/order.ts';
import { createArchiveOrders } from './handlers/archive-orders.ts';
import { createCancelOrder } from './handlers/cancel-order.ts';
import { viewOrder } from './handlers/order-stream.ts';
import { createPlaceOrder } from './handlers/place-order.ts';
import { subscriptions } from './subscriptions.ts';

export const Config = Type.Object({
  ...ServiceConfig.properties,
  ...DatabaseConfig.properties,
  ...MessagingConfig.properties,
  /** How long inventory may take to quote before a client gets 503, in total. The gateway waits 15 s longer than this may be. */
  QUOTE_TIMEOUT_MS: Type.Integer({ minimum: 1, maximum: longestWaitSeconds * 1_000, default: 3000 }),
  /** How many days after its end an order's snapshot is kept, here and in Kafka. At most a hundred years. */
  ORDER_ARCHIVE_AFTER_DAYS: Type.Integer({ minimum: 0, maximum: 36_500, default: 90 }),
});
export type Config = Static<typeof Config>;

const service = 'order';

/** Between two batches of `archiveOrders`, of 500 orders each: so fifty a second are archived at most. */
const archivePauseMs = 10_000;

const endings = ['order.completed', 'order.cancelled'];

/** The write side: places, completes and cancels orders, and keeps what happened to them, event by event. */
export async function assemble(config: Config, base: ServiceBase): Promise<void> {
  const { http, log } = base;
  const migrations = new URL('../migrations/', import.meta.url);
  const database = await openDatabase(
    base,
    config,
    ['outbox', 'inbox', 'dead-letters', 'event-store'],
    migrations,
  );
  const watch = createWatch();
  const orders = createOrderMetrics(base.metrics, isFinal);
  const messaging = startMessaging(base, {
    service,
    config,
    database,
    onCommitted: (rows) => {
      orders.told(rows);
      for (const { message } of rows) {
        if (endings.includes(message.attributes['type'] ?? '')) watch.tell(message.orderingKey);
      }
    },
  });
  const quotes = createQuotes(messaging.brokers, quoteChannels, config.QUOTE_TIMEOUT_MS, log);
  const keys = createIdempotencyKeys(database);
  const placeOrder = createPlaceOrder({
    database,
    quotes,
    keys,
    tokens: paymentTokens,
    send: messaging.send,
    newOrderId: () => uuidv7(),
  });
  const cancelOrder = createCancelOrder({ database, send: messaging.send });

  const archiveOrders = createArchiveOrders({
    database,
    tokens: paymentTokens,
    send: messaging.send,
    afterDays: config.ORDER_ARCHIVE_AFTER_DAYS,
    newId: () => uuidv7(),
    onArchived: messaging.wakeRelays,
    pause: () => sleep(archivePauseMs, undefined, { ref: false }),
  });

  addOrderRoutes(http, {
    database,
    watch,
    isFinal,
    view: (orderId) => viewOrder(database, orderId),
    place: async (request) => {
      const placing = await placeOrder(request);
      if ('accepted' in placing) {
        messaging.wakeRelays();
        if (!placing.again) orders.entered({ ...placing.accepted, at: new Date().toISOString() });
      }
      return placing;
    },
    cancel: async (request) => {
      const cancelling = await cancelOrder(request);
      if ('order' in cancelling) {
        messaging.wakeRelays();
        if (isFinal(cancelling.order.status)) {
          watch.tell(request.orderId);
          orders.entered({ ...cancelling.order, at: cancelling.order.updatedAt });
        }
      }
      return cancelling;
    },
  });
  messaging.subscribe(subscriptions);
  base.everyHour(() => pruneAll(keys.prune));
  base.everyHour(async () => {
    await archiveOrders();
  });
  base.onStop(quotes);
  addOwnRoutes(http, messaging);
  base.onStop(messaging);
  base.onStop({ stop: () => database.close() });
}
