import type { Databases } from '@conveyor/e2e/databases';
import { ofSenders } from '@conveyor/e2e/what-waits';
import { databaseOf } from '@conveyor/local/stack';

/** What is left of messages that did not go their way, and of customers that were told. */
export interface Aftermath {
  /** Messages that were given up, of all services. Nobody sends any that cannot be handled. */
  readonly letters: readonly Letter[];
  /** Messages of the outboxes, and entries of the flight recorder, that no queue would take. */
  readonly parked: readonly Parked[];
  readonly deliveries: readonly Delivered[];
}

export interface Letter {
  readonly id: string;
  readonly consumer: string;
  readonly reason: string;
  readonly error: string | null;
  /** The order that it was about, if it was about one. */
  readonly subject: string | null;
}

export interface Parked {
  readonly id: string;
  readonly reason: string;
}

/**
 * By how many messages an order's customer was told by a channel. Of SMS and push the provider's own record says so, which knows a
 * message that comes again by its key. A mail server knows no keys: of mails notification's own record says which were taken. That
 * one of them has arrived twice, by one Message-ID, which is allowed, is not in it.
 */
export interface Delivered {
  readonly orderId: string;
  readonly channel: string;
  readonly times: number;
}

export const channels = ['email', 'sms', 'push'] as const;

export async function readAftermath(databases: Databases): Promise<Aftermath> {
  const [letters, parked, mails, shortMessages] = await Promise.all([
    ofSenders<Letter>(databases, 'select id, consumer, reason, error, subject from dead_letters'),
    ofSenders<Parked>(
      databases,
      `select message_id::text as id, parked_reason as reason from outbox where parked_at is not null
       union all
       select entry ->> 'id', parked_reason from journal_outbox where parked_at is not null`,
    ),
    databases.query<Delivered>(
      databaseOf('notification'),
      `select order_id as "orderId", channel, count(delivered_at)::int as times from deliveries
       where channel = 'email' group by order_id, channel`,
    ),
    databases.query<Delivered>(
      databaseOf('sandbox'),
      `select order_id as "orderId", channel, count(*)::int as times from deliveries group by order_id, channel`,
    ),
  ]);
  return { letters, parked, deliveries: [...mails, ...shortMessages] };
}
