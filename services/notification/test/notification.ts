import { randomUUID } from 'node:crypto';
import type { MessageData, MessageType } from '@conveyor/contracts/messages';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { orderMessage } from '@conveyor/testing/order-message';
import { openServiceGround } from '@conveyor/testing/service-ground';
import type { ConsumerName } from '@conveyor/topology';
import { openMailer } from '../src/adapters/mailer.ts';
import { shortMessages } from '../src/adapters/short-messages.ts';
import { subscriptions } from '../src/subscriptions.ts';

export const total = { amount: 1900, currency: 'EUR' } as const;

export function message<Type extends MessageType>(type: Type, data: MessageData<Type>): Message<Type> {
  return orderMessage(type, 'orderId' in data ? data.orderId : '', data);
}

export function requested(more: Partial<MessageData<'notification.requested'>> = {}) {
  return message('notification.requested', {
    orderId: randomUUID(),
    customerId: 'ada',
    total,
    priority: 'standard',
    outcome: 'completed',
    ...more,
  });
}

export interface Providers {
  readonly smtpUrl: string;
  readonly sandboxUrl: string;
  readonly timeoutMs: number;
}

/** The service on a database of its own, but for the brokers: messages are handed in and read from the outbox. */
export async function startNotification({ smtpUrl, sandboxUrl, timeoutMs }: Providers) {
  const migrations = new URL('../migrations/', import.meta.url);
  const ground = await openServiceGround('notification', ['outbox', 'inbox', 'dead-letters'], migrations);
  const { database } = ground;
  const mailer = openMailer({ url: smtpUrl, timeoutMs, connections: 5 });
  const all = subscriptions({
    mailer,
    sendSms: shortMessages({ url: sandboxUrl, channel: 'sms', timeoutMs }),
    sendPush: shortMessages({ url: sandboxUrl, channel: 'push', timeoutMs }),
  });

  return {
    deliver: (consumer: ConsumerName, delivered: Message, signal?: AbortSignal) =>
      ground.deliver(
        all.filter((each) => each.consumer === consumer),
        delivered,
        signal,
      ),
    async sentAbout(orderId: string) {
      const sent = await ground.sentAbout(orderId);
      return sent.map(({ type, data, priority }) => ({ type, data, priority }));
    },
    /** As after so many days that nothing is known of any message. */
    forgetMessages: () => database.query('delete from inbox'),
    async idsSentAbout(orderId: string) {
      const sent = await ground.sentAbout(orderId);
      return sent.map(({ attributes }) => attributes['id']);
    },
    async deliveriesOf(orderId: string) {
      const { rows } = await database.query<{ channel: string; attempts: number; delivered: boolean }>(
        `select channel, attempts, delivered_at is not null as delivered from deliveries
         where order_id = $1 order by channel`,
        [orderId],
      );
      return rows;
    },
    async stop() {
      await mailer.stop();
      await ground.stop();
    },
  };
}
