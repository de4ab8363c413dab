import type { CancelReason, Money } from '@conveyor/contracts';

/** What a customer is told: how an order has ended. */
export interface Notification {
  readonly orderId: string;
  readonly customerId: string;
  readonly total: Money;
  readonly outcome: 'completed' | 'cancelled';
  /** Only of a cancelled order. */
  readonly reason?: CancelReason;
}

export type Channel = 'email' | 'sms' | 'push';
