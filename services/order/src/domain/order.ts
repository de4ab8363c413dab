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
  /** Why somebody wants the order cancelled, from the first request on: it will not be completed any more. */
  readonly cancelRequested?: CancelReason;
  /** The orchestrator has been told so, when it wanted to complete the order. */
  readonly completionRefused?: true;
}

/** What a customer orders, priced. */
export type Placement = Pick<
  PlacedOrder,
  'orderId' | 'customerId' | 'items' | 'total' | 'priority' | 'saga' | 'broker'
>;

export type OrderCommand =
  | { readonly type: 'place'; readonly placement: Placement }
  | { readonly type: 'note-reserved' }
  | { readonly type: 'note-paid' }
  /** Somebody wants it cancelled: what has been done for it is to be undone first, or meanwhile. */
  | { readonly type: 'request-cancel'; readonly reason: CancelReason }
  /** The time to pay is over. */
  | { readonly type: 'expire' }
  | { readonly type: 'complete' }
  | { readonly type: 'cancel'; readonly reason: CancelReason };

export type OrderEvent =
  | { readonly type: 'order.created'; readonly data: Placement }
  | { readonly type: 'order.reserved'; readonly data: { readonly orderId: string } }
  | { readonly type: 'order.paid'; readonly data: { readonly orderId: string } }
  | { readonly type: 'order.completed'; readonly data: Closing }
  | { readonly type: 'order.cancel-requested'; readonly data: Refusal }
  | { readonly type: 'order.completion-refused'; readonly data: Refusal }
  | { readonly type: 'order.cancelled'; readonly data: Closing & { readonly reason: CancelReason } };

/** What whoever hears of the end needs to know without asking back. */
export type Closing = Pick<PlacedOrder, 'orderId' | 'customerId' | 'total' | 'priority'>;

/** Why the order is not to be completed. */
export type Refusal = { readonly orderId: string; readonly reason: CancelReason };

export type Rejection = {
  readonly rejected: 'exists-already' | 'unknown-order' | 'is-final' | 'nothing-to-do';
};

export const noOrder: Order = { status: 'none' };

const nothingToDo: Rejection = { rejected: 'nothing-to-do' };

/**
 * Decides what happens to `order`. No order of arrival is assumed: payment's word may come before
 * inventory's, and each may come twice; what is final stays.
 *
 * Customers and the time limit cancel through one door, `order.cancel-requested`. Where nobody conducts, the order
 * is cancelled with it, and the others undo their parts when they hear of that. Where somebody does, the orchestrator
 * has them undone first, and then sends `cancel`. Of all who want it cancelled the first one gives the reason.
 */
export function decide(command: OrderCommand, order: Order): readonly OrderEvent[] | Rejection {
  if (command.type === 'place') {
    if (order.status !== 'none') return { rejected: 'exists-already' };
    return [{ type: 'order.created', data: command.placement }];
  }
  if (order.status === 'none') return { rejected: 'unknown-order' };
  if (isFinal(order.status)) return { rejected: 'is-final' };

  switch (command.type) {
    case 'note-reserved':
      if (order.status !== 'pending') return nothingToDo;
      return [{ type: 'order.reserved', data: { orderId: order.orderId } }];
    case 'note-paid':
      if (order.status === 'paid') return nothingToDo;
      return order.saga === 'choreography' ? [paid(order), completed(order)] : [paid(order)];
    case 'request-cancel':
      return requestCancel(order, command.reason);
    case 'expire':
      return order.status === 'paid' ? nothingToDo : requestCancel(order, 'expired');
    case 'complete':
      return complete(order);
    case 'cancel':
      return [cancelled(order, order.cancelRequested ?? command.reason)];
    default:
      return command satisfies never;
  }
}

function requestCancel(order: PlacedOrder, reason: CancelReason): readonly OrderEvent[] | Rejection {
  if (order.cancelRequested) return nothingToDo;
  const requested: OrderEvent = { type: 'order.cancel-requested', data: { orderId: order.orderId, reason } };
  return order.saga === 'choreography' ? [requested, cancelled(order, reason)] : [requested];
}

/** The orchestrator has heard of the payment, so it is noted here if payment's own word is still on its way. */
function complete(order: PlacedOrder): readonly OrderEvent[] | Rejection {
  const { orderId, cancelRequested: reason } = order;
  if (order.completionRefused) return nothingToDo;
  if (reason) return [{ type: 'order.completion-refused', data: { orderId, reason } }];
  return order.status === 'paid' ? [completed(order)] : [paid(order), completed(order)];
}

/**
 * The state after `event`.
 *
 * @throws Error on an event that this version does not know, or on any event before `order.created`: whoever cannot read a stream
 * must not write to it.
 */
export function evolve(order: Order, event: OrderEvent): Order {
  if (event.type === 'order.created') return { ...event.data, status: 'pending' };
  if (order.status === 'none') throw new Error(`${event.type} before order.created`);
  switch (event.type) {
    case 'order.reserved':
      return { ...order, status: 'reserved' };
    case 'order.paid':
      return { ...order, status: 'paid' };
    case 'order.completed':
      return { ...order, status: 'completed' };
    case 'order.cancel-requested':
      return { ...order, cancelRequested: event.data.reason };
    case 'order.completion-refused':
      return { ...order, completionRefused: true };
    case 'order.cancelled':
      return { ...order, status: 'cancelled', reason: event.data.reason };
    default:
      throw new Error(`unknown event ${(event satisfies never as OrderEvent).type}`);
  }
}

/** From here on nothing changes. */
export function isFinal(status: OrderStatus): boolean {
  return status === 'completed' || status === 'cancelled';
}

/** For those who watch an order, for example `reserved, to be cancelled: expired`. */
export function inWords(order: Order): string {
  if (order.status === 'none') return 'none';
  if (order.reason) return `${order.status}: ${order.reason}`;
  return order.cancelRequested ? `${order.status}, to be cancelled: ${order.cancelRequested}` : order.status;
}

function paid({ orderId }: PlacedOrder): OrderEvent {
  return { type: 'order.paid', data: { orderId } };
}

function completed(order: PlacedOrder): OrderEvent {
  return { type: 'order.completed', data: closing(order) };
}

function cancelled(order: PlacedOrder, reason: CancelReason): OrderEvent {
  return { type: 'order.cancelled', data: { ...closing(order), reason } };
}

function closing({ orderId, customerId, total, priority }: PlacedOrder): Closing {
  return { orderId, customerId, total, priority };
}
