import { deliveries } from '@conveyor/notification/adapters/deliveries';
import { openMailer } from '@conveyor/notification/adapters/mailer';
import { shortMessages } from '@conveyor/notification/adapters/short-messages';
import { writeEmail, writeShortMessage } from '@conveyor/notification/domain/wording';
import { deliver } from '@conveyor/notification/handlers/deliver';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import type { Effect } from '@conveyor/service-kit/messaging/message';
import { about, performed } from './handled.ts';
import type { OrderSteps, Places } from './steps.ts';

/** As in the service. */
const connections = 10;

/** The customer is told by each channel. */
export function deliverySteps(
  database: Database,
  { SANDBOX_URL, SMTP_URL }: Omit<Places, 'POSTGRES_URL'>,
  timeoutMs: number,
): Pick<OrderSteps, 'email' | 'sms' | 'push'> {
  const mailer = openMailer({ url: SMTP_URL, timeoutMs, connections });
  const short = (channel: 'sms' | 'push') =>
    deliver({
      channel,
      deliveries,
      write: writeShortMessage,
      send: shortMessages({ url: SANDBOX_URL, channel, timeoutMs }),
    });
  const by =
    <Intent>(effect: Effect<'notification.requested', Intent, void>): OrderSteps['email'] =>
    async ({ orderId, customerId, total }) => {
      const data = { orderId, customerId, total, priority: 'standard', outcome: 'completed' } as const;
      await performed(database, effect, about('notification.requested', orderId, data));
    };
  return {
    email: by(deliver({ channel: 'email', deliveries, write: writeEmail, send: mailer.send })),
    sms: by(short('sms')),
    push: by(short('push')),
  };
}
