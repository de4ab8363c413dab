import { DatabaseConfig, longestTimerMs, MessagingConfig, ServiceConfig } from '@conveyor/service-kit/config';
import { startMessaging } from '@conveyor/service-kit/messaging/messaging';
import { addOwnRoutes } from '@conveyor/service-kit/messaging/own-routes';
import { openDatabase, type ServiceBase } from '@conveyor/service-kit/service';
import { type Static, Type } from 'typebox';
import { openMailer } from './adapters/mailer.ts';
import { shortMessages } from './adapters/short-messages.ts';
import { delivering, subscriptions } from './subscriptions.ts';

export const Config = Type.Object({
  ...ServiceConfig.properties,
  ...DatabaseConfig.properties,
  ...MessagingConfig.properties,
  SMTP_URL: Type.String({ pattern: '^smtps?://' }),
  /** The provider of SMS and push. */
  SANDBOX_URL: Type.String({ pattern: '^https?://' }),
  /** How long a provider may take over one mail, SMS or push message. */
  DELIVERY_TIMEOUT_MS: Type.Integer({ minimum: 1, maximum: longestTimerMs, default: 5_000 }),
});
export type Config = Static<typeof Config>;

const service = 'notification';

/** Tells customers how their orders ended: by email, SMS and push. */
export async function assemble(config: Config, base: ServiceBase): Promise<void> {
  const database = await openDatabase(
    base,
    config,
    ['outbox', 'inbox', 'dead-letters'],
    new URL('../migrations/', import.meta.url),
  );
  const messaging = startMessaging(base, { service, config, database });

  const timeoutMs = config.DELIVERY_TIMEOUT_MS;
  // One for each mail that may be in hand: so many of each broker. The time of one that waits for a connection runs on.
  const connections = 2 * delivering.concurrency;
  const mailer = openMailer({ url: config.SMTP_URL, timeoutMs, connections });
  const provider = { url: config.SANDBOX_URL, timeoutMs };
  messaging.subscribe(
    subscriptions({
      mailer,
      sendSms: shortMessages({ ...provider, channel: 'sms' }),
      sendPush: shortMessages({ ...provider, channel: 'push' }),
    }),
  );

  addOwnRoutes(base.http, messaging);
  base.onStop(messaging);
  base.onStop(mailer);
  base.onStop({ stop: () => database.close() });
}
