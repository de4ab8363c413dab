import { randomUUID } from 'node:crypto';
import { newMessageId } from '@conveyor/brokers';
import type { BrokerName, SagaStyle } from '@conveyor/contracts';
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
import { addOrderRoutes } from '../src/adapters/http.ts';
import { createOrderWatch } from '../src/adapters/order-watch.ts';
import { isFinal } from '../src/domain/order.ts';
import { createCancelOrder } from '../src/handlers/cancel-order.ts';
import { saveOrder, viewOrder } from '../src/handlers/order-stream.ts';
import type { Send } from '../src/handlers/ports.ts';
import { subscriptions } from '../src/subscriptions.ts';

/** How an order is run. */
export interface Style {
  readonly saga: SagaStyle;
  readonly broker: BrokerName;
}

/** A message about an order, with an id that stays the same when it is delivered again. */
export function message<Type extends MessageType>(
  type: Type,
  orderId: string,
  data: MessageData<Type>,
  style: Style,
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
    ...style,
  };
  return { id, type, envelope, data };
}

/** The service on a database of its own, but for the brokers: messages are handed in and read from the outbox. */
export async function startOrder() {
  const testDatabase = await createTestDatabase([]);
  const log = createLogger('order', 'silent');
  const migrations = new URL('../migrations/', import.meta.url);
  await migrate(testDatabase.url, ['outbox', 'inbox', 'event-store'], migrations, log);
  const database = openPostgres(testDatabase.url, 20, log);
  const sender = { service: 'order', delays: { orderExpiresAfterMs: 300_000 } };
  const states: string[] = [];
  const send: Send = async (tx, cause, drafts, state) => {
    states.push(state);
    await appendToOutbox(tx, toOutboxRows(sender, cause, drafts, new Date()));
  };

  const http = createHttp(log);
  addOrderRoutes(http, {
    database,
    watch: createOrderWatch(),
    isFinal,
    view: (orderId) => viewOrder(database, orderId),
    place: () => Promise.reject(new Error('orders are placed by the test')),
    cancel: createCancelOrder({ database, send }),
  });
  const surroundings = { ...sender, database, wakeRelays: () => {}, onDuplicate: () => {} };
  const handlers = new Map(
    subscriptions.map((subscription) => [subscription.type, subscription.attach(surroundings)]),
  );

  return {
    database,
    http,
    /** The states, in words, that requests led to. */
    states,
    /** A new order for two mugs; answers its id. */
    async place(style: Style): Promise<string> {
      const orderId = randomUUID();
      const placement = {
        orderId,
        customerId: 'ada',
        items: [{ sku: 'mug', name: 'Mug', quantity: 2, unitPrice: 950 }],
        total: { amount: 1900, currency: 'EUR' },
        priority: 'standard',
        ...style,
      } as const;
      await database.transaction((tx) =>
        saveOrder(tx, orderId, { order: { status: 'none' }, version: 0 }, [
          { type: 'order.created', data: placement },
        ]),
      );
      return orderId;
    },
    async deliver(delivered: Message): Promise<unknown> {
      const handle = handlers.get(delivered.type);
      if (!handle) throw new Error(`nobody takes ${delivered.type}`);
      return handle(delivered, new AbortController().signal);
    },
    view: (orderId: string) => viewOrder(database, orderId),
    /** What has been sent about an order to its own broker, oldest first. */
    async sentAbout(orderId: string, { broker }: Style) {
      const { rows } = await database.query<{ attributes: Record<string, string>; body: Buffer }>(
        'select attributes, body from outbox where ordering_key = $1 and broker = $2 order by id',
        [orderId, broker],
      );
      return rows.map(({ attributes, body }) => ({
        type: attributes['type'],
        attributes,
        data: JSON.parse(body.toString()) as unknown,
      }));
    },
    async stop() {
      await http.close();
      await database.close();
      await testDatabase.drop();
    },
  };
}
