import { randomUUID } from 'node:crypto';
import { derivedMessageId } from '@conveyor/brokers';
import type { BrokerName } from '@conveyor/contracts';
import type { MessageData, MessageType } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { progress } from '@conveyor/patterns/saga-orchestration/progress';
import { findSaga } from '@conveyor/patterns/saga-orchestration/saga-store';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { recordState } from '@conveyor/service-kit/journal/journal-rows';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { orderMessage } from '@conveyor/testing/order-message';
import { openServiceGround } from '@conveyor/testing/service-ground';
import { endOverdue } from '../src/handlers/end-overdue.ts';
import { type OrderSaga, type OrderSagaState, orderSaga } from '../src/order-saga.ts';
import { subscriptions } from '../src/subscriptions.ts';

/** The table as the running service has it. */
export const patient = orderSaga(300_000);

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
    return orderMessage(type, orderId, data, {
      traceparent,
      saga: 'orchestration',
      broker,
      ...(answers && { causationid: derivedMessageId(orderId, answers) }),
    });
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
  const migrations = new URL('../migrations/', import.meta.url);
  const ground = await openServiceGround(
    'order-saga',
    ['outbox', 'inbox', 'dead-letters', 'saga'],
    migrations,
  );
  const { database } = ground;

  return {
    database,
    blocked: ground.blocked,
    /** Handles a message as the running service would, with `saga` as the table. */
    deliver: (delivered: Message, saga: OrderSaga = patient) =>
      ground.deliver(
        subscriptions(saga, () => {}),
        delivered,
      ),
    /** Ends what is overdue once, and says of which orders. `meanwhile` is done in the transaction for each. */
    async sweep(
      saga: OrderSaga,
      meanwhile: (tx: Tx) => Promise<unknown> = async () => {},
      heard: readonly BrokerName[] = ['rabbitmq', 'kafka'],
    ): Promise<readonly string[]> {
      const told: string[] = [];
      await endOverdue({
        saga,
        heard,
        database,
        messaging: { send: ground.send, wakeRelays: () => {} },
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
    sentAbout: ground.sentAbout,
    /** What the sweep has written into the flight recorder about an order, oldest first. */
    async recordedAbout(orderId: string) {
      const { rows } = await database.query<{ readonly detail: string }>(
        "select entry ->> 'detail' as detail from journal_outbox where entry ->> 'orderId' = $1 order by id",
        [orderId],
      );
      return rows.map(({ detail }) => detail);
    },
    stop: ground.stop,
  };
}
