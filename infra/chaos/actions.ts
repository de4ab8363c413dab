import type { LinkName, ServiceName } from '@conveyor/local/stack';
import type { Trouble } from './links.ts';

/** The servers that are broken; the mail inbox is none of ours. */
export type BreakableServer = 'rabbitmq' | 'kafka' | 'postgres' | 'elasticsearch';

/** One thing that is done to the running system. */
export type Action =
  /** `instance`: which of a service's; 0 is the first. */
  | { readonly do: 'kill'; readonly service: ServiceName; readonly instance: number }
  /** Frozen first, until messages of both brokers are in its hands. */
  | { readonly do: 'kill-with-messages'; readonly service: HoldingService }
  | { readonly do: 'terminate'; readonly service: ServiceName }
  | {
      readonly do: 'restart';
      readonly server: BreakableServer;
      readonly signal: NodeJS.Signals;
      readonly awayMs: number;
    }
  | { readonly do: 'delete-index' }
  /** Between all services and what is at the other end. */
  | { readonly do: 'disturb'; readonly link: LinkName; readonly trouble: Trouble; readonly forMs: number }
  /** RabbitMQ has less memory than it needs, and reads nothing from those that publish. */
  | { readonly do: 'block'; readonly forMs: number };

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
      return action.instance === 0 ? action.service : `${action.service} (${action.instance + 1})`;
    case 'kill-with-messages':
    case 'terminate':
      return action.service;
    case 'restart':
      return action.server;
    case 'delete-index':
      return 'index deleted';
    case 'disturb':
      return `${action.link} ${action.trouble}`;
    case 'block':
      return 'rabbitmq blocked';
    default:
      return action satisfies never;
  }
}
