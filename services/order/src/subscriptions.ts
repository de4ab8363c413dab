import { on, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import { changeOrder } from './handlers/change-order.ts';

const hears = { consumer: 'order.events', retry: 'ladder' } as const;
/** Where nobody conducts, the order draws its own conclusion from a failure, and must draw it in the end. */
const concludes = { ...hears, saga: 'choreography', retry: 'until-done' } as const;
/** Both end an order: after its completion nothing is undone any more, and given up it would have no end. */
const obeys = { consumer: 'order.commands', retry: 'until-done', saga: 'orchestration' } as const;

/** What the order hears of the others, and what it makes of it. */
export const subscriptions: readonly Subscription[] = [
  on('inventory.reserved', { ...hears, handle: changeOrder(() => ({ type: 'note-reserved' })) }),
  on('payment.completed', { ...hears, handle: changeOrder(() => ({ type: 'note-paid' })) }),
  on('inventory.rejected', {
    ...concludes,
    handle: changeOrder(({ data }) => ({ type: 'cancel', reason: data.reason })),
  }),
  on('payment.failed', {
    ...concludes,
    handle: changeOrder(({ data }) => ({ type: 'cancel', reason: data.reason })),
  }),
  on('order.complete', { ...obeys, handle: changeOrder(() => ({ type: 'complete' })) }),
  on('order.cancel', {
    ...obeys,
    handle: changeOrder(({ data }) => ({ type: 'cancel', reason: data.reason })),
  }),
  // The net under every order, so it is repeated as a compensation is.
  on('order.expire', {
    consumer: 'order.expiry',
    retry: 'until-done',
    handle: changeOrder(() => ({ type: 'expire' })),
  }),
];
