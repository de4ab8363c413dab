import type { Databases } from '@conveyor/e2e/databases';
import { databaseOf, serviceNames } from '@conveyor/local/stack';

/** What is left in the services' own databases of messages that did not go their way, and of customers that were told. */
export interface Aftermath {
  /** Messages that were given up, of all services. Nobody sends any that cannot be handled. */
  readonly letters: readonly Letter[];
  /** The outbox's messages that no queue would take. */
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

/** How often an order's customer was told by a channel, as the provider has confirmed it. */
export interface Delivered {
  readonly orderId: string;
  readonly channel: string;
  readonly times: number;
}

export const channels = ['email', 'sms', 'push'] as const;

/** The simulated providers send and take no messages. */
const services = serviceNames.filter((name) => name !== 'sandbox');

export async function readAftermath(databases: Databases): Promise<Aftermath> {
  const ofAll = async <Row extends object>(text: string) =>
    (await Promise.all(services.map((name) => databases.query<Row>(databaseOf(name), text)))).flat();
  const [letters, parked, deliveries] = await Promise.all([
    ofAll<Letter>('select id, consumer, reason, error, subject from dead_letters'),
    ofAll<Parked>('select message_id as id, parked_reason as reason from outbox where parked_at is not null'),
    databases.query<Delivered>(
      databaseOf('notification'),
      `select order_id as "orderId", channel, count(delivered_at)::int as times from deliveries
       group by order_id, channel`,
    ),
  ]);
  return { letters, parked, deliveries };
}
