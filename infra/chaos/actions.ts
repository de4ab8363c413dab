import type { ServiceName } from '@conveyor/local/stack';

/** The servers that are broken; the mail inbox is none of ours. */
export type BreakableServer = 'rabbitmq' | 'kafka' | 'postgres' | 'elasticsearch';

/** One thing that is done to the running system. */
export type Action =
  | { readonly do: 'kill'; readonly service: ServiceName }
  /** Frozen first, until messages of both brokers are in its hands. */
  | { readonly do: 'kill-with-messages'; readonly service: HoldingService }
  | { readonly do: 'terminate'; readonly service: ServiceName }
  | {
      readonly do: 'restart';
      readonly server: BreakableServer;
      readonly signal: NodeJS.Signals;
      readonly awayMs: number;
    }
  | { readonly do: 'delete-index' };

/** The services that take messages of orders, with the consumers in which they hold them. */
export const holding = {
  payment: ['payment.events', 'payment.charge'],
  inventory: ['inventory.events'],
  order: ['order.events'],
  notification: ['notification.orders', 'notification.email'],
} as const;

export type HoldingService = keyof typeof holding;

/** How a report and a plot call it. */
export function nameOf(action: Action): string {
  switch (action.do) {
    case 'kill':
    case 'kill-with-messages':
    case 'terminate':
      return action.service;
    case 'restart':
      return action.server;
    case 'delete-index':
      return 'index deleted';
    default:
      return action satisfies never;
  }
}
