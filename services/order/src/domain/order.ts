import type {
  BrokerName,
  CancelReason,
  Money,
  OrderLine,
  OrderStatus,
  Priority,
  SagaStyle,
} from '@conveyor/contracts';

/** What an order is, as its events tell it. `none` is the stream that has not begun. */
export type Order = { readonly status: 'none' } | PlacedOrder;

export interface PlacedOrder {
  readonly status: OrderStatus;
  readonly orderId: string;
  readonly customerId: string;
  readonly items: readonly OrderLine[];
  readonly total: Money;
  readonly priority: Priority;
  readonly saga: SagaStyle;
  readonly broker: BrokerName;
  /** Only of a cancelled order. */
  readonly reason?: CancelReason;
}

/** What a customer orders, priced. */
export type Placement = Omit<PlacedOrder, 'status' | 'reason'>;

export type OrderCommand =
  | { readonly type: 'place'; readonly placement: Placement }
  | { readonly type: 'note-reserved' }
  | { readonly type: 'note-paid' }
  | { readonly type: 'cancel'; readonly reason: CancelReason };

export type OrderEvent =
  | { readonly type: 'order.created'; readonly data: Placement }
  | { readonly type: 'order.reserved'; readonly data: { readonly orderId: string } }
  | { readonly type: 'order.paid'; readonly data: { readonly orderId: string } }
  | { readonly type: 'order.completed'; readonly data: Closing }
  | { readonly type: 'order.cancelled'; readonly data: Closing & { readonly reason: CancelReason } };

/** What whoever hears of the end needs to know without asking back. */
export type Closing = Pick<PlacedOrder, 'orderId' | 'customerId' | 'total' | 'priority'>;

export type Rejection = { readonly rejected: 'exists-already' | 'unknown-order' | 'nothing-to-do' };

export const noOrder: Order = { status: 'none' };

/**
 * Decides what happens to `order`. No order of arrival is assumed: payment's word may come before
 * inventory's, and each may come twice; what is final stays.
 */
export function decide(command: OrderCommand, order: Order): readonly OrderEvent[] | Rejection {
  if (command.type === 'place') {
    if (order.status !== 'none') return { rejected: 'exists-already' };
    return [{ type: 'order.created', data: command.placement }];
  }
  if (order.status === 'none') return { rejected: 'unknown-order' };
  if (isFinal(order.status)) return { rejected: 'nothing-to-do' };

  switch (command.type) {
    case 'note-reserved':
      if (order.status !== 'pending') return { rejected: 'nothing-to-do' };
      return [{ type: 'order.reserved', data: { orderId: order.orderId } }];
    case 'note-paid':
      if (order.status === 'paid') return { rejected: 'nothing-to-do' };
      return [
        { type: 'order.paid', data: { orderId: order.orderId } },
        { type: 'order.completed', data: closing(order) },
      ];
    case 'cancel':
      return [{ type: 'order.cancelled', data: { ...closing(order), reason: command.reason } }];
    default:
      return command satisfies never;
  }
}

/** The state after `event`. */
export function evolve(order: Order, event: OrderEvent): Order {
  if (event.type === 'order.created') return { ...event.data, status: 'pending' };
  if (order.status === 'none') return order;
  switch (event.type) {
    case 'order.reserved':
      return { ...order, status: 'reserved' };
    case 'order.paid':
      return { ...order, status: 'paid' };
    case 'order.completed':
      return { ...order, status: 'completed' };
    case 'order.cancelled':
      return { ...order, status: 'cancelled', reason: event.data.reason };
    default:
      return event satisfies never;
  }
}

/** From here on nothing changes. */
export function isFinal(status: OrderStatus): boolean {
  return status === 'completed' || status === 'cancelled';
}

function closing({ orderId, customerId, total, priority }: PlacedOrder): Closing {
  return { orderId, customerId, total, priority };
}
