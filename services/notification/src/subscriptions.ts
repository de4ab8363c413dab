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

const hears = { consumer: 'notification.orders', retry: 'ladder' } as const;

/** So many of one channel are under way at once, in the order of priority; a provider that fails is asked again, but not for ever. */
export const delivering = { concurrency: 10, prioritised: true, retry: 'ladder' } as const;

/** One message per ended order, and a consumer of its own for each channel: none waits for another's provider. */
export function subscriptions({ mailer, sendSms, sendPush }: SubscriptionPorts): readonly Subscription[] {
  return [
    on('order.completed', { ...hears, handle: requestNotification }),
    on('order.cancelled', { ...hears, handle: requestNotification }),
    onTask('notification.requested', {
      ...delivering,
      consumer: 'notification.email',
      effect: deliver({ channel: 'email', deliveries, write: writeEmail, send: mailer.send }),
    }),
    onTask('notification.requested', {
      ...delivering,
      consumer: 'notification.sms',
      effect: deliver({ channel: 'sms', deliveries, write: writeShortMessage, send: sendSms }),
    }),
    onTask('notification.requested', {
      ...delivering,
      consumer: 'notification.push',
      effect: deliver({ channel: 'push', deliveries, write: writeShortMessage, send: sendPush }),
    }),
  ];
}
