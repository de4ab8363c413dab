import { on, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import type { FaultSwitch } from './adapters/fault-switch.ts';
import type { Reservations } from './adapters/reservations.ts';
import { releaseOnCommand, releaseStock } from './handlers/release-stock.ts';
import { reserveStock } from './handlers/reserve-stock.ts';
import { sellStock } from './handlers/sell-stock.ts';

export interface SubscriptionPorts {
  readonly reservations: Reservations;
  readonly faults: FaultSwitch;
}

const hears = { consumer: 'inventory.events' } as const;
/** What others do is a reason to reserve or release only where nobody conducts. */
const follows = { ...hears, saga: 'choreography' } as const;
const obeys = { consumer: 'inventory.commands', saga: 'orchestration' } as const;
/** What was promised to an order that has come to nothing must be given back in the end. */
const untilDone = true;

/** What the inventory hears of the others, and what it makes of it. */
export function subscriptions({ reservations, faults }: SubscriptionPorts): readonly Subscription[] {
  return [
    on('order.created', { ...follows, handle: reserveStock({ reservations, faults }) }),
    on('payment.failed', { ...follows, untilDone, handle: releaseStock(reservations) }),
    on('order.cancelled', { ...follows, untilDone, handle: releaseStock(reservations) }),
    on('inventory.reserve', { ...obeys, handle: reserveStock({ reservations, faults }) }),
    on('inventory.release', { ...obeys, untilDone, handle: releaseOnCommand(reservations) }),
    // A sale is a fact in either style.
    on('order.completed', { ...hears, handle: sellStock(reservations) }),
  ];
}
