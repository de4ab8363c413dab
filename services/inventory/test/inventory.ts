import { randomUUID } from 'node:crypto';
import type { MessageData } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { addFaultRoutes } from '@conveyor/service-kit/fault-routes';
import { FaultSwitch } from '@conveyor/service-kit/fault-switch';
import { createHttp } from '@conveyor/service-kit/http';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { orderMessage as message } from '@conveyor/testing/order-message';
import { openServiceGround } from '@conveyor/testing/service-ground';
import { addProductRoutes } from '../src/adapters/product-routes.ts';
import { products } from '../src/adapters/products.ts';
import { reservations } from '../src/adapters/reservations.ts';
import { putProduct } from '../src/handlers/put-product.ts';
import { subscriptions } from '../src/subscriptions.ts';

type Items = MessageData<'inventory.reserved'>['items'];

const conducted = { saga: 'orchestration' };

/** The messages of one order, each with an id that stays the same when it is delivered again. */
export function orderOf(items: Items, orderId: string = randomUUID()) {
  const total = { amount: 1900, currency: 'EUR' } as const;
  const closing = { orderId, version: 2, customerId: 'ada', total, priority: 'express' } as const;
  return {
    orderId,
    created: message('order.created', orderId, {
      ...closing,
      version: 1,
      items: items.map((line) => ({ ...line, name: line.sku, unitPrice: 950 })),
      saga: 'choreography',
      broker: 'rabbitmq',
    }),
    paymentFailed: message('payment.failed', orderId, { orderId, reason: 'payment-declined' }),
    cancelled: message('order.cancelled', orderId, { ...closing, reason: 'expired' }),
    completed: message('order.completed', orderId, closing),
    reserve: message('inventory.reserve', orderId, { orderId, items, total, priority: 'express' }, conducted),
    release: message('inventory.release', orderId, { orderId }, conducted),
  };
}

/** The whole service on a database of its own, but for the brokers: messages are handed in and read from the outbox. */
export async function startInventory() {
  const migrations = new URL('../migrations/', import.meta.url);
  const ground = await openServiceGround('inventory', ['outbox', 'inbox', 'dead-letters'], migrations);
  const { database, log } = ground;
  const faults = new FaultSwitch(['inventory']);

  const http = createHttp(log);
  addFaultRoutes(http, faults);
  addProductRoutes(http, {
    database,
    products,
    putProduct: putProduct({ database, products, send: ground.send }),
    messaging: { wakeRelays: () => {} },
  });

  const taken = subscriptions({ reservations, faults });

  return {
    database,
    http,
    faults,
    deliver: (delivered: Message) => ground.deliver(taken, delivered),
    /** A new product with so many on the shelf; answers its sku. */
    async stock(onHand: number): Promise<string> {
      const sku = `test-${randomUUID()}`;
      const price = { amount: 950, currency: 'EUR' } as const;
      const cause = { correlationid: sku, traceparent: newTraceparent() };
      await putProduct({ database, products, send: async () => {} })(
        sku,
        { name: sku, price, onHand },
        cause,
      );
      return sku;
    },
    async countsOf(sku: string) {
      return (await products.find(database, sku))?.stock;
    },
    sentAbout: ground.sentAbout,
    /** The products whose counts do not add up to their adjustments. */
    async discrepancies(): Promise<unknown[]> {
      const { rows } = await database.query(
        `select sku, on_hand, sold, sum(delta) as adjusted from products left join adjustments using (sku)
         group by sku having on_hand + sold is distinct from sum(delta)`,
      );
      return rows;
    },
    async stop() {
      await http.close();
      await ground.stop();
    },
  };
}
