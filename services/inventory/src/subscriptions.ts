import { on, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import type { FaultSwitch } from './adapters/fault-switch.ts';
import type { Reservations } from './adapters/reservations.ts';
import { releaseStock } from './handlers/release-stock.ts';
import { reserveStock } from './handlers/reserve-stock.ts';
import { sellStock } from './handlers/sell-stock.ts';

export interface SubscriptionPorts {
  readonly reservations: Reservations;
  readonly faults: FaultSwitch;
}

const consumer = 'inventory.events';
/** Orders of the other style are reserved and released by the orchestrator's commands. */
const saga = 'choreography';

/** What the inventory hears of the others, and what it makes of it. */
export function subscriptions({ reservations, faults }: SubscriptionPorts): readonly Subscription[] {
  return [
    on('order.created', { consumer, saga, handle: reserveStock({ reservations, faults }) }),
    on('payment.failed', { consumer, saga, handle: releaseStock(reservations) }),
    on('order.cancelled', { consumer, saga, handle: releaseStock(reservations) }),
    // A sale is a fact in either style.
    on('order.completed', { consumer, handle: sellStock(reservations) }),
  ];
}
