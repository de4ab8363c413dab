import { randomUUID } from 'node:crypto';
import { newMessageId } from '@conveyor/brokers';
import { dataschemaOf, type MessageData, type MessageType } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { createLogger } from '@conveyor/service-kit/logger';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { migrate } from '@conveyor/service-kit/migrate';
import { openPostgres } from '@conveyor/service-kit/postgres';
import { createTestDatabase } from '@conveyor/testing/test-database';
import type { ConsumerName } from '@conveyor/topology';
import { openMailer } from '../src/adapters/mailer.ts';
import { shortMessages } from '../src/adapters/short-messages.ts';
import { subscriptions } from '../src/subscriptions.ts';

export const total = { amount: 1900, currency: 'EUR' } as const;

export function message<Type extends MessageType>(type: Type, data: MessageData<Type>): Message<Type> {
  const id = newMessageId();
  const subject = 'orderId' in data ? data.orderId : '';
  const envelope = {
    id,
    type,
    source: '/test',
    subject,
    time: new Date().toISOString(),
    dataschema: dataschemaOf(type),
    correlationid: `test-${subject}`,
    traceparent: newTraceparent(),
    saga: 'choreography',
    broker: 'rabbitmq',
  };
  return { id, type, envelope, data };
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
  const testDatabase = await createTestDatabase([]);
  const log = createLogger('notification', 'silent');
  await migrate(testDatabase.url, ['outbox', 'inbox'], new URL('../migrations/', import.meta.url), log);
  const database = openPostgres(testDatabase.url, 10, log);
  const mailer = openMailer({ url: smtpUrl, timeoutMs, connections: 5 });
  const all = subscriptions({
    mailer,
    sendSms: shortMessages({ url: sandboxUrl, channel: 'sms', timeoutMs }),
    sendPush: shortMessages({ url: sandboxUrl, channel: 'push', timeoutMs }),
  });
  const sender = { service: 'notification', delays: { orderExpiresAfterMs: 300_000 } };
  const surroundings = { ...sender, database, wakeRelays: () => {}, onDuplicate: () => {} };

  return {
    async deliver(
      consumer: ConsumerName,
      delivered: Message,
      signal = new AbortController().signal,
    ): Promise<unknown> {
      const found = all.find((one) => one.consumer === consumer && one.type === delivered.type);
      if (!found) throw new Error(`${consumer} does not take ${delivered.type}`);
      return found.attach(surroundings)(delivered, signal);
    },
    async sentAbout(orderId: string) {
      const { rows } = await database.query<{
        attributes: Record<string, string>;
        body: Buffer;
        priority: number;
      }>('select attributes, body, priority from outbox where ordering_key = $1 order by id', [orderId]);
      return rows.map(({ attributes, body, priority }) => ({
        type: attributes['type'],
        data: JSON.parse(body.toString()) as unknown,
        priority,
      }));
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
      await database.close();
      await testDatabase.drop();
    },
  };
}
