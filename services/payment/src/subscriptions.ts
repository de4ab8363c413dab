import { on, onTask, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import { type ChargeOrderDeps, chargeOrder } from './handlers/charge-order.ts';
import { enqueueCharge } from './handlers/enqueue-charge.ts';
import { enqueueRefund } from './handlers/enqueue-refund.ts';
import { refundOrder } from './handlers/refund-order.ts';

/** A charge mostly waits for the provider, so many can be in hand; each holds no connection while it waits. */
const concurrency = 50;

/** What payment listens to. The events are choreography's; in orchestration the commands come from the orchestrator. */
export function subscriptions(deps: ChargeOrderDeps): readonly Subscription[] {
  return [
    on('inventory.reserved', { consumer: 'payment.events', saga: 'choreography', handle: enqueueCharge() }),
    on('order.cancelled', {
      consumer: 'payment.events',
      saga: 'choreography',
      untilDone: true,
      handle: enqueueRefund(deps),
    }),
    onTask('payment.charge', { consumer: 'payment.charge', concurrency, effect: chargeOrder(deps) }),
    onTask('payment.refund', {
      consumer: 'payment.refund',
      concurrency,
      untilDone: true,
      effect: refundOrder(deps),
    }),
  ];
}
