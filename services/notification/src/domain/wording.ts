import type { CancelReason, Money } from '@conveyor/contracts';
import type { Notification } from './notification.ts';
import { deviceOwnerOf, emailAddressOf } from './recipient.ts';

export interface Email {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** An SMS or a push message. */
export interface ShortMessage {
  readonly to: string;
  readonly text: string;
}

export function writeEmail(notification: Notification): Email {
  const { orderId, customerId, total } = notification;
  const isComplete = notification.outcome === 'completed';
  return {
    to: emailAddressOf(customerId),
    subject: isComplete ? 'Your order is complete' : 'Your order has been cancelled',
    text: [
      'Hello,',
      isComplete
        ? 'Thank you for your order. It is paid, and on its way to you.'
        : `Your order has been cancelled. ${why(notification)}\nYou pay nothing: what was charged is paid back in full.`,
      `Order: ${orderId}\nTotal: ${formatMoney(total)}`,
      'Your Conveyor shop\n',
    ].join('\n\n'),
  };
}

export function writeShortMessage(notification: Notification): ShortMessage {
  const { orderId, customerId, total } = notification;
  return {
    to: deviceOwnerOf(customerId),
    text:
      notification.outcome === 'completed'
        ? `Your order ${orderId} over ${formatMoney(total)} is complete.`
        : `Your order ${orderId} over ${formatMoney(total)} has been cancelled. ${why(notification)}`,
  };
}

const reasons: Readonly<Record<CancelReason, string>> = {
  'out-of-stock': 'Not everything in it was in stock.',
  'payment-declined': 'Your payment was declined.',
  'payment-timeout': 'Your payment was not confirmed in time.',
  expired: 'It was not paid in time.',
  'cancelled-by-customer': 'You asked us to cancel it.',
};

function why({ reason }: Notification): string {
  return reason ? reasons[reason] : '';
}

/** All three currencies have a hundred minor units. The amount is never divided: floats cannot hold 0.10. */
export function formatMoney({ amount, currency }: Money): string {
  const digits = String(amount).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)} ${currency}`;
}
