import { on, onTask, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import { type ChargeOrderDeps, chargeOrder } from './handlers/charge-order.ts';
import { enqueueCharge } from './handlers/enqueue-charge.ts';
import { enqueueRefund } from './handlers/enqueue-refund.ts';
import { refundOrder } from './handlers/refund-order.ts';

/** A charge mostly waits for the provider, so many can be in hand; each holds no connection while it waits. */
const concurrency = 50;

const hears = { consumer: 'payment.events', saga: 'choreography' } as const;

/** What payment listens to. The events are choreography's; in orchestration the commands come from the orchestrator. */
export function subscriptions(deps: ChargeOrderDeps): readonly Subscription[] {
  return [
    on('inventory.reserved', { ...hears, retry: 'ladder', handle: enqueueCharge }),
    on('order.cancelled', {
      ...hears,
      // What was promised must be given back in the end.
      retry: 'until-done',
      handle: enqueueRefund(deps),
    }),
    onTask('payment.charge', {
      consumer: 'payment.charge',
      concurrency,
      prioritised: true,
      retry: 'ladder',
      effect: chargeOrder(deps),
    }),
    onTask('payment.refund', {
      consumer: 'payment.refund',
      concurrency,
      retry: 'until-done',
      effect: refundOrder(deps),
    }),
  ];
}
