import type { FaultSwitch } from '@conveyor/service-kit/fault-switch';
import { on, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import type { Reservations } from './adapters/reservations.ts';
import { releaseOnCommand, releaseStock } from './handlers/release-stock.ts';
import { reserveStock } from './handlers/reserve-stock.ts';
import { sellStock } from './handlers/sell-stock.ts';

export interface SubscriptionPorts {
  readonly reservations: Reservations;
  readonly faults: Pick<FaultSwitch<'inventory'>, 'draw'>;
}

const hears = { consumer: 'inventory.events', retry: 'ladder' } as const;
/** What others do is a reason to reserve or release only where nobody conducts. */
const follows = { ...hears, saga: 'choreography' } as const;
const obeys = { consumer: 'inventory.commands', retry: 'ladder', saga: 'orchestration' } as const;
/** What was promised to an order that has come to nothing must be given back in the end. */
const retry = 'until-done';

/** What the inventory hears of the others, and what it makes of it. */
export function subscriptions({ reservations, faults }: SubscriptionPorts): readonly Subscription[] {
  return [
    on('order.created', { ...follows, handle: reserveStock({ reservations, faults }) }),
    on('payment.failed', { ...follows, retry, handle: releaseStock(reservations) }),
    on('order.cancelled', { ...follows, retry, handle: releaseStock(reservations) }),
    on('inventory.reserve', { ...obeys, handle: reserveStock({ reservations, faults }) }),
    on('inventory.release', { ...obeys, retry, handle: releaseOnCommand(reservations) }),
    // A sale is a fact in either style.
    on('order.completed', { ...hears, handle: sellStock(reservations) }),
  ];
}
