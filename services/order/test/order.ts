import { randomUUID } from 'node:crypto';
import type { BrokerName, SagaStyle } from '@conveyor/contracts';
import type { MessageData, MessageType } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { createHttp } from '@conveyor/service-kit/http';
import type { Message } from '@conveyor/service-kit/messaging/message';
import type { Messaging } from '@conveyor/service-kit/messaging/messaging';
import { createWatch } from '@conveyor/service-kit/watch';
import { buildPlacement } from '@conveyor/testing/build-placement';
import { orderMessage } from '@conveyor/testing/order-message';
import { openServiceGround } from '@conveyor/testing/service-ground';
import { addOrderRoutes } from '../src/adapters/http.ts';
import { isFinal } from '../src/domain/order.ts';
import { createCancelOrder } from '../src/handlers/cancel-order.ts';
import { saveOrder, viewOrder } from '../src/handlers/order-stream.ts';
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
  return orderMessage(type, orderId, data, style);
}

/** The service on a database of its own, but for the brokers: messages are handed in and read from the outbox. */
export async function startOrder() {
  const migrations = new URL('../migrations/', import.meta.url);
  const ground = await openServiceGround(
    'order',
    ['outbox', 'inbox', 'dead-letters', 'event-store'],
    migrations,
  );
  const { database, log } = ground;
  const states: string[] = [];
  const send: Messaging['send'] = async (tx, cause, drafts, state) => {
    if (state) states.push(state);
    await ground.send(tx, cause, drafts);
  };

  const http = createHttp(log);
  addOrderRoutes(http, {
    database,
    watch: createWatch(),
    isFinal,
    view: (orderId) => viewOrder(database, orderId),
    place: () => Promise.reject(new Error('orders are placed by the test')),
    cancel: createCancelOrder({ database, send }),
  });
  return {
    database,
    http,
    /** The states, in words, that requests led to. */
    states,
    /** A new order for two mugs; answers its id. */
    async place(style: Style): Promise<string> {
      const orderId = randomUUID();
      const placement = buildPlacement(orderId, style);
      await database.transaction((tx) =>
        saveOrder(
          tx,
          orderId,
          { order: { status: 'none' }, version: 0 },
          [{ type: 'order.created', data: placement }],
          { correlationid: `test-${orderId}`, traceparent: newTraceparent() },
        ),
      );
      return orderId;
    },
    deliver: (delivered: Message) => ground.deliver(subscriptions, delivered),
    view: (orderId: string) => viewOrder(database, orderId),
    /** What has been told about an order on its own broker, oldest first. */
    sentAbout: async (orderId: string, { broker }: Style) =>
      (await ground.sentAbout(orderId)).filter(
        (sent) => sent.broker === broker && sent.type !== 'order.snapshot',
      ),
    /** What has been sent to those who only want to know what an order is. */
    snapshotsOf: async (orderId: string) =>
      (await ground.sentAbout(orderId)).filter(({ type }) => type === 'order.snapshot'),
    send: ground.send,
    blocked: ground.blocked,
    async stop() {
      await http.close();
      await ground.stop();
    },
  };
}

/** What the others say of the order that `place` makes. */
export const reserved = (orderId: string, style: Style) =>
  message(
    'inventory.reserved',
    orderId,
    {
      orderId,
      items: [{ sku: 'mug', quantity: 2 }],
      total: { amount: 1900, currency: 'EUR' },
      priority: 'standard',
    },
    style,
  );
export const paid = (orderId: string, style: Style) =>
  message('payment.completed', orderId, { orderId, amount: { amount: 1900, currency: 'EUR' } }, style);
