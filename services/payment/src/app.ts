import { setTimeout } from 'node:timers/promises';
import { DatabaseConfig, longestTimerMs, MessagingConfig, ServiceConfig } from '@conveyor/service-kit/config';
import { startMessaging } from '@conveyor/service-kit/messaging/messaging';
import { addOwnRoutes } from '@conveyor/service-kit/messaging/own-routes';
import { waitsOf } from '@conveyor/service-kit/messaging/waits';
import { openDatabase, type ServiceBase } from '@conveyor/service-kit/service';
import { type Static, Type } from 'typebox';
import { charges } from './adapters/charges.ts';
import { createPaymentTokens } from './adapters/payment-tokens.ts';
import { createProvider } from './adapters/provider.ts';
import { createProviderBreaker } from './adapters/provider-breaker.ts';
import { subscriptions } from './subscriptions.ts';

/** A second less than a stopping consumer waits for what is in hand: what was answered has still to be written down. */
const finishWithinMs = 3_000;

const Url = Type.String({ pattern: '^https?://[^/]+$' });

export const Config = Type.Object({
  ...ServiceConfig.properties,
  ...DatabaseConfig.properties,
  ...MessagingConfig.properties,
  /** Where the order service answers. */
  ORDER_URL: Url,
  /** Where the payment provider answers. */
  SANDBOX_URL: Url,
  /** How long the provider may take for a charge, all tries together, before it is voided. */
  PAYMENT_TIMEOUT_MS: Type.Integer({ minimum: 1, maximum: longestTimerMs, default: 10_000 }),
});
export type Config = Static<typeof Config>;

const service = 'payment';

/** Charges an order at the provider, and refunds it: each once, however often it is told to. */
export async function assemble(config: Config, base: ServiceBase): Promise<void> {
  const { log } = base;
  const database = await openDatabase(
    base,
    config,
    ['outbox', 'inbox', 'dead-letters'],
    new URL('../migrations/', import.meta.url),
  );
  const messaging = startMessaging(base, { service, config, database });

  const breaker = createProviderBreaker();
  base.addBreaker(breaker);

  messaging.subscribe(
    subscriptions({
      database,
      charges,
      paymentTokens: createPaymentTokens(config.ORDER_URL),
      provider: createProvider(config.SANDBOX_URL, finishWithinMs, breaker),
      now: Date.now,
      sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
      timeoutMs: config.PAYMENT_TIMEOUT_MS,
      // A charge takes as long as its customer is patient; a void is only not to wait for an answer that is lost.
      callLimitMs: Math.max(config.PAYMENT_TIMEOUT_MS, 5_000),
      retryDelaysMs: waitsOf(config).retryDelaysMs,
      onNoAnswer: (orderId) => log.warn({ order_id: orderId }, 'the provider does not answer to a void'),
    }),
  );
  addOwnRoutes(base.http, messaging);
  base.onStop(messaging);
  base.onStop({ stop: () => database.close() });
}
