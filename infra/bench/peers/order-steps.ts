import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerName } from '@conveyor/contracts';
import { products } from '@conveyor/inventory/adapters/products';
import { reservations } from '@conveyor/inventory/adapters/reservations';
import { answerQuote } from '@conveyor/inventory/handlers/answer-quote';
import { reserveStock } from '@conveyor/inventory/handlers/reserve-stock';
import { sellStock } from '@conveyor/inventory/handlers/sell-stock';
import { createIdempotencyKeys } from '@conveyor/order/adapters/idempotency-keys';
import { paymentTokens } from '@conveyor/order/adapters/payment-tokens';
import { changeOrder } from '@conveyor/order/handlers/change-order';
import { viewOrder } from '@conveyor/order/handlers/order-stream';
import { createPlaceOrder } from '@conveyor/order/handlers/place-order';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { VersionConflict } from '@conveyor/patterns/event-sourcing/event-store';
import { charges } from '@conveyor/payment/adapters/charges';
import { createProvider } from '@conveyor/payment/adapters/provider';
import { createProviderBreaker } from '@conveyor/payment/adapters/provider-breaker';
import { chargeOrder } from '@conveyor/payment/handlers/charge-order';
import { FaultSwitch } from '@conveyor/service-kit/fault-switch';
import { createLogger } from '@conveyor/service-kit/logger';
import { openPostgres } from '@conveyor/service-kit/postgres';
import { copyOf } from '../pgbench/copies.ts';
import { deliverySteps } from './delivery-steps.ts';
import { about, assertUntold, performed } from './handled.ts';
import type { OrderSteps, Places } from './steps.ts';

/** Of each database, as in the services. */
const poolSize = 10;
/** Under a load that fills every queue nothing may give up waiting. */
const timeoutMs = 60_000;
const priority = 'standard';

export function openOrderSteps({ POSTGRES_URL, SANDBOX_URL, SMTP_URL }: Places): OrderSteps {
  const log = createLogger('peer', 'warn');
  const open = (service: string) =>
    openPostgres(new URL(`/${copyOf(`conveyor_${service}`)}`, POSTGRES_URL).href, poolSize, log);
  const [order, inventory, payment] = [open('order'), open('inventory'), open('payment')];

  const faults = new FaultSwitch(['inventory']);
  const quote = answerQuote({ database: inventory, products, faults });
  const placing = {
    database: order,
    quotes: { ask: (_: BrokerName, __: object, skus: readonly string[]) => quote({ skus: [...skus] }) },
    tokens: paymentTokens,
    keys: createIdempotencyKeys(order),
    send: async () => {},
  };
  const reserve = reserveStock({ reservations, faults });
  const noteReserved = changeOrder<'inventory.reserved'>(() => ({ type: 'note-reserved' }));
  const charge = chargeOrder({
    database: payment,
    charges,
    paymentTokens: {
      async of(orderId) {
        const token = await paymentTokens.find(order, orderId);
        return token ? { token } : { failed: 'unknown-order' };
      },
    },
    provider: createProvider(SANDBOX_URL, timeoutMs, createProviderBreaker()),
    now: Date.now,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    timeoutMs,
    callLimitMs: timeoutMs,
    retryDelaysMs: [1_000],
    onNoAnswer: (orderId) => log.warn({ order_id: orderId }, 'the provider does not answer'),
  });
  const notePaid = changeOrder<'payment.completed'>(() => ({ type: 'note-paid' }));
  const sell = sellStock(reservations);

  return {
    async place({ orderId, customerId, items, saga, broker }) {
      const placeOrder = createPlaceOrder({ ...placing, newOrderId: () => orderId });
      const body = { customerId, items: [...items], saga, broker };
      try {
        const placed = await placeOrder({ body, correlationId: orderId, traceparent: newTraceparent() });
        if ('rejected' in placed) throw new Error(`the order was rejected: ${placed.rejected}`);
        return placed.accepted.total;
      } catch (error) {
        // It has been placed, by a process that died before it could write that down.
        const placed = error instanceof VersionConflict && (await viewOrder(order, orderId));
        if (!placed) throw error;
        return placed.total;
      }
    },
    async reserve({ orderId, items, total }) {
      const message = about('inventory.reserve', orderId, { orderId, items: [...items], total, priority });
      const told = await inventory.transaction((tx) => reserve(tx, message));
      assertUntold('inventory.rejected', 'drafts' in told ? told.drafts : told);
    },
    async noteReserved({ orderId, items, total }) {
      const message = about('inventory.reserved', orderId, { orderId, items: [...items], total, priority });
      await order.transaction((tx) => noteReserved(tx, message));
    },
    async charge({ orderId, total }) {
      const message = about('payment.charge', orderId, { orderId, amount: total, priority });
      assertUntold('payment.failed', await performed(payment, charge, message));
    },
    async complete({ orderId, total }) {
      const message = about('payment.completed', orderId, { orderId, amount: total });
      await order.transaction((tx) => notePaid(tx, message));
    },
    async sell({ orderId, customerId, total }) {
      const data = { orderId, customerId, total, priority, version: 4 } as const;
      await inventory.transaction((tx) => sell(tx, about('order.completed', orderId, data)));
    },
    ...deliverySteps(open('notification'), { SANDBOX_URL, SMTP_URL }, timeoutMs),
  };
}
