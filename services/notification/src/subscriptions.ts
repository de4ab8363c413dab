import { on, onTask, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import { deliveries } from './adapters/deliveries.ts';
import type { Mailer } from './adapters/mailer.ts';
import type { SendShortMessage } from './adapters/short-messages.ts';
import { writeEmail, writeShortMessage } from './domain/wording.ts';
import { deliver } from './handlers/deliver.ts';
import { requestNotification } from './handlers/request-notification.ts';

export interface SubscriptionPorts {
  readonly mailer: Pick<Mailer, 'send'>;
  readonly sendSms: SendShortMessage;
  readonly sendPush: SendShortMessage;
}

/** How many deliveries of one channel are under way at once. */
export const concurrency = 10;

/** One message per ended order, and a consumer of its own for each channel: none waits for another's provider. */
export function subscriptions({ mailer, sendSms, sendPush }: SubscriptionPorts): readonly Subscription[] {
  return [
    on('order.completed', { consumer: 'notification.orders', handle: requestNotification }),
    on('order.cancelled', { consumer: 'notification.orders', handle: requestNotification }),
    onTask('notification.requested', {
      consumer: 'notification.email',
      concurrency,
      effect: deliver({ channel: 'email', deliveries, write: writeEmail, send: mailer.send }),
    }),
    onTask('notification.requested', {
      consumer: 'notification.sms',
      concurrency,
      effect: deliver({ channel: 'sms', deliveries, write: writeShortMessage, send: sendSms }),
    }),
    onTask('notification.requested', {
      consumer: 'notification.push',
      concurrency,
      effect: deliver({ channel: 'push', deliveries, write: writeShortMessage, send: sendPush }),
    }),
  ];
}
