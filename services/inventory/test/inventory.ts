import { randomUUID } from 'node:crypto';
import { newMessageId } from '@conveyor/brokers';
import type { SagaStyle } from '@conveyor/contracts';
import { dataschemaOf, type MessageData, type MessageType } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { appendToOutbox } from '@conveyor/patterns/transactional-outbox/outbox';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { toOutboxRows } from '@conveyor/service-kit/messaging/outgoing';
import { migrate } from '@conveyor/service-kit/migrate';
import { openPostgres } from '@conveyor/service-kit/postgres';
import { createTestDatabase } from '@conveyor/testing/test-database';
import { addFaultRoutes } from '../src/adapters/fault-routes.ts';
import { createFaultSwitch } from '../src/adapters/fault-switch.ts';
import { addProductRoutes } from '../src/adapters/product-routes.ts';
import { products } from '../src/adapters/products.ts';
import { reservations } from '../src/adapters/reservations.ts';
import { putProduct } from '../src/handlers/put-product.ts';
import { subscriptions } from '../src/subscriptions.ts';

type Items = MessageData<'inventory.reserved'>['items'];

const conducted = 'orchestration';

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

function message<Type extends MessageType>(
  type: Type,
  orderId: string,
  data: MessageData<Type>,
  saga: SagaStyle = 'choreography',
): Message<Type> {
  const id = newMessageId();
  const envelope = {
    id,
    type,
    source: '/test',
    subject: orderId,
    time: new Date().toISOString(),
    dataschema: dataschemaOf(type),
    correlationid: `test-${orderId}`,
    traceparent: newTraceparent(),
    saga,
    broker: 'rabbitmq',
  };
  return { id, type, envelope, data };
}

/** The whole service on a database of its own, but for the brokers: messages are handed in and read from the outbox. */
export async function startInventory() {
  const testDatabase = await createTestDatabase([]);
  const log = createLogger('inventory', 'silent');
  await migrate(testDatabase.url, ['outbox', 'inbox'], new URL('../migrations/', import.meta.url), log);
  const database = openPostgres(testDatabase.url, 20, log);
  const faults = createFaultSwitch();

  const sender = { service: 'inventory', delays: { orderExpiresAfterMs: 300_000 } };
  const http = createHttp(log);
  addFaultRoutes(http, faults);
  addProductRoutes(http, {
    database,
    products,
    putProduct: putProduct({ database, products }),
    messaging: {
      send: (tx, cause, drafts) => appendToOutbox(tx, toOutboxRows(sender, cause, drafts, new Date())),
      wakeRelays: () => {},
    },
  });

  const surroundings = { ...sender, database, wakeRelays: () => {}, onDuplicate: () => {} };
  const handlers = new Map(
    subscriptions({ reservations, faults }).map((subscription) => [
      subscription.type,
      subscription.attach(surroundings),
    ]),
  );

  return {
    database,
    http,
    faults,
    async deliver(delivered: Message): Promise<unknown> {
      const handle = handlers.get(delivered.type);
      if (!handle) throw new Error(`nobody takes ${delivered.type}`);
      return handle(delivered, new AbortController().signal);
    },
    /** A new product with so many on the shelf; answers its sku. */
    async stock(onHand: number): Promise<string> {
      const sku = `test-${randomUUID()}`;
      const price = { amount: 950, currency: 'EUR' } as const;
      const send = async () => {};
      await putProduct({ database, products })(sku, { name: sku, price, onHand }, send);
      return sku;
    },
    async countsOf(sku: string) {
      return (await products.find(database, sku))?.stock;
    },
    /** What has been sent about `subject`, oldest first. */
    async sentAbout(subject: string) {
      const { rows } = await database.query<{
        broker: string;
        attributes: Record<string, string>;
        body: Buffer;
      }>('select broker, attributes, body from outbox where ordering_key = $1 order by id', [subject]);
      return rows.map(({ broker, attributes, body }) => ({
        broker,
        attributes,
        type: attributes['type'],
        data: JSON.parse(body.toString()) as unknown,
      }));
    },
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
      await database.close();
      await testDatabase.drop();
    },
  };
}
