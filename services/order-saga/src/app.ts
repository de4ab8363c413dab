import { progress } from '@conveyor/patterns/saga-orchestration/progress';
import { countStuckSagas, findSaga } from '@conveyor/patterns/saga-orchestration/saga-store';
import { DatabaseConfig, MessagingConfig, ServiceConfig } from '@conveyor/service-kit/config';
import { recordState } from '@conveyor/service-kit/journal/journal-rows';
import { startMessaging } from '@conveyor/service-kit/messaging/messaging';
import { addOwnRoutes } from '@conveyor/service-kit/messaging/own-routes';
import { openDatabase, type ServiceBase } from '@conveyor/service-kit/service';
import { type Static, Type } from 'typebox';
import { everySecond } from './adapters/every-second.ts';
import { addSagaRoute } from './adapters/saga-route.ts';
import { endOverdue } from './handlers/end-overdue.ts';
import { createListening } from './handlers/listening.ts';
import { type OrderSagaState, orderSaga } from './order-saga.ts';
import { subscriptions } from './subscriptions.ts';

export const Config = Type.Object({
  ...ServiceConfig.properties,
  ...DatabaseConfig.properties,
  ...MessagingConfig.properties,
});
export type Config = Static<typeof Config>;

const service = 'order-saga';

/** The conductor of the orders that want one: tells the others what to do, waits for their replies, has undone what was done. */
export async function assemble(config: Config, base: ServiceBase): Promise<void> {
  const { http, log } = base;
  const migrations = new URL('../migrations/', import.meta.url);
  const database = await openDatabase(base, config, ['outbox', 'inbox', 'dead-letters', 'saga'], migrations);
  const messaging = startMessaging(base, { service, config, database });
  const saga = orderSaga(config.ORDER_EXPIRES_AFTER_MS);

  addSagaRoute(http, async (orderId) => progress(saga, await findSaga<OrderSagaState>(database, orderId)));
  messaging.subscribe(
    subscriptions(saga, ({ id, type, envelope }, why) =>
      log.debug({ message_id: id, type, order_id: envelope.subject, why }, 'dropped'),
    ),
  );
  base.metrics.gauge({ name: 'conveyor_sagas_stuck', help: 'Sagas that need a person.', labels: [] }, () =>
    countStuckSagas(database),
  );
  const listening = createListening({
    database,
    brokers: Object.values(messaging.brokers).map(({ name }) => name),
    hears: messaging.hears,
    now: () => performance.now(),
  });
  const sweep = everySecond(
    async () =>
      endOverdue({
        heard: await listening.heard(),
        saga,
        database,
        messaging,
        record: (tx, subject, { saga = '', broker = '' }, state) =>
          recordState(tx, service, { subject, saga, broker }, state),
        onOverdue: (orderId, { state, reason }) =>
          log.warn({ order_id: orderId, state, reason }, 'a saga was not answered in time'),
      }),
    (err) => {
      listening.missed();
      log.warn({ err }, 'overdue sagas could not be looked for');
    },
  );
  base.onStop(sweep);
  addOwnRoutes(http, messaging);
  base.onStop(messaging);
  base.onStop({ stop: () => database.close() });
}
