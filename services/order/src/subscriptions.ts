import { on, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import { changeOrder } from './handlers/change-order.ts';

const follows = { consumer: 'order.events', saga: 'choreography' } as const;

/** What the order hears of the others, and what it makes of it. */
export const subscriptions: readonly Subscription[] = [
  on('inventory.reserved', { ...follows, handle: changeOrder(() => ({ type: 'note-reserved' })) }),
  on('inventory.rejected', {
    ...follows,
    handle: changeOrder(({ data }) => ({ type: 'cancel', reason: data.reason })),
  }),
  on('payment.completed', { ...follows, handle: changeOrder(() => ({ type: 'note-paid' })) }),
  on('payment.failed', {
    ...follows,
    handle: changeOrder(({ data }) => ({ type: 'cancel', reason: data.reason })),
  }),
];
