import { randomUUID } from 'node:crypto';
import { derivedMessageId, newMessageId } from '@conveyor/brokers';
import type { BrokerName } from '@conveyor/contracts';
import { dataschemaOf, type MessageData, type MessageType } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { progress } from '@conveyor/patterns/saga-orchestration/progress';
import { findSaga } from '@conveyor/patterns/saga-orchestration/saga-store';
import { appendToOutbox } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { recordState } from '@conveyor/service-kit/journal/journal-rows';
import { createLogger } from '@conveyor/service-kit/logger';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { toOutboxRows } from '@conveyor/service-kit/messaging/outgoing';
import { migrate } from '@conveyor/service-kit/migrate';
import { openPostgres } from '@conveyor/service-kit/postgres';
import { createTestDatabase } from '@conveyor/testing/test-database';
import { endOverdue } from '../src/handlers/end-overdue.ts';
import { type OrderSaga, type OrderSagaState, orderSaga } from '../src/order-saga.ts';
import { subscriptions } from '../src/subscriptions.ts';

const delays = { orderExpiresAfterMs: 300_000 };

/** The table as the running service has it. */
export const patient = orderSaga(delays.orderExpiresAfterMs);

const total = { amount: 1900, currency: 'EUR' } as const;

/** An order on `broker` and the messages of its saga; a reply names the command that `answers` derives. */
export function orderOn(broker: BrokerName) {
  const orderId = randomUUID();
  const traceparent = newTraceparent();

  function message<Type extends MessageType>(
    type: Type,
    data: MessageData<Type>,
    answers?: string,
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
      traceparent,
      saga: 'orchestration',
      broker,
      ...(answers && { causationid: derivedMessageId(orderId, answers) }),
    };
    return { id, type, envelope, data };
  }

  const items = [{ sku: 'mug', quantity: 2 }];
  const closing = { orderId, version: 3, customerId: 'ada', total, priority: 'low' } as const;
  return {
    orderId,
    created: message('order.created', {
      orderId,
      version: 1,
      customerId: 'ada',
      items: [{ sku: 'mug', name: 'Mug', quantity: 2, unitPrice: 950 }],
      total,
      priority: 'low',
      saga: 'orchestration',
      broker,
    }),
    cancelRequested: message('order.cancel-requested', { orderId, version: 2, reason: 'expired' }),
    reserved: message('inventory.reserved', { orderId, items, total, priority: 'low' }, 'reserve'),
    released: message('inventory.released', { orderId, items }, 'undo reserve'),
    paid: message('payment.completed', { orderId, amount: total }, 'charge'),
    completed: message('order.completed', closing, 'complete'),
    cancelled: message('order.cancelled', { ...closing, reason: 'expired' }, 'undo create'),
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** The service on a database of its own, without brokers: messages are handed in and read from the outbox. */
export async function startWorld() {
  const testDatabase = await createTestDatabase([]);
  const log = createLogger('order-saga', 'silent');
  const migrations = new URL('../migrations/', import.meta.url);
  await migrate(testDatabase.url, ['outbox', 'inbox', 'saga'], migrations, log);
  const database = openPostgres(testDatabase.url, 20, log);
  const sender = { service: 'order-saga', delays };

  return {
    database,
    /** Resolves once so many transactions wait for another one's lock. */
    blocked: testDatabase.blocked,
    /** Handles a message as the running service would, with `saga` as the table. */
    async deliver(delivered: Message, saga: OrderSaga = patient): Promise<void> {
      const subscription = subscriptions(saga, () => {}).find(({ type }) => type === delivered.type);
      if (!subscription) throw new Error(`nobody takes ${delivered.type}`);
      const surroundings = { ...sender, database, wakeRelays: () => {} };
      await subscription.attach(surroundings)(delivered, new AbortController().signal);
    },
    /** Ends what is overdue once, and says of which orders. `meanwhile` is done in the transaction for each. */
    async sweep(
      saga: OrderSaga,
      meanwhile: (tx: Tx) => Promise<unknown> = async () => {},
    ): Promise<readonly string[]> {
      const told: string[] = [];
      await endOverdue({
        saga,
        database,
        messaging: {
          send: (tx, cause, drafts) => appendToOutbox(tx, toOutboxRows(sender, cause, drafts, new Date())),
          wakeRelays: () => {},
        },
        async record(tx, subject, { saga: style = '', broker = '' }, state) {
          await meanwhile(tx);
          await recordState(tx, 'order-saga', { subject, saga: style, broker }, state);
        },
        onOverdue: (orderId) => told.push(orderId),
      });
      return told;
    },
    progressOf: async (orderId: string) =>
      progress(patient, await findSaga<OrderSagaState>(database, orderId)),
    /** The commands that were sent about an order, oldest first. */
    async sentAbout(orderId: string) {
      const { rows } = await database.query<{
        readonly broker: string;
        readonly attributes: Readonly<Record<string, string>>;
      }>('select broker, attributes from outbox where ordering_key = $1 order by id', [orderId]);
      return rows;
    },
    /** What the sweep has written into the flight recorder about an order, oldest first. */
    async recordedAbout(orderId: string) {
      const { rows } = await database.query<{ readonly detail: string }>(
        "select entry ->> 'detail' as detail from journal_outbox where entry ->> 'orderId' = $1 order by id",
        [orderId],
      );
      return rows.map(({ detail }) => detail);
    },
    async stop() {
      await database.close();
      await testDatabase.drop();
    },
  };
}
