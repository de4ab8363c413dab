import type { CancelReason, Money, Priority, StockLine } from '@conveyor/contracts';
import type { MessageData, MessageType } from '@conveyor/contracts/messages';
import type { Saga } from '@conveyor/patterns/saga-orchestration/saga';
import type { SagaState, Waiting } from '@conveyor/patterns/saga-orchestration/saga-state';

/** What the commands need to know of an order. */
interface Ordered {
  readonly orderId: string;
  readonly items: StockLine[];
  readonly total: Money;
  readonly priority: Priority;
}

export type OrderSaga = Saga<{ [Type in MessageType]: MessageData<Type> }, Ordered, CancelReason>;
export type OrderSagaState = SagaState<Ordered, CancelReason>;
export type WaitingOrderSaga = Waiting<Ordered, CancelReason>;

const itsId = ({ orderId }: Ordered) => ({ orderId });
const itsTotal = ({ orderId, total }: Ordered) => ({ orderId, amount: total });

/**
 * The order flow: reserve, charge, complete; and what undoes each of them, in reverse order.
 *
 * An order is unpaid for `orderExpiresAfterMs` at most; then it is cancelled, and the saga undoes what was done. The
 * limits in here are the net below that, so each is longer, whatever the other is set to.
 */
export function orderSaga(orderExpiresAfterMs: number): OrderSaga {
  const limitMs = orderExpiresAfterMs + 10 * 60_000;
  return {
    start: {
      name: 'create',
      begunBy: 'order.created',
      data: whatIsOrdered,
      limitMs,
      undo: {
        command: 'order.cancel',
        data: ({ orderId }, reason) => ({ orderId, reason }),
        reply: 'order.cancelled',
        limitMs,
      },
    },
    steps: [
      {
        name: 'reserve',
        command: 'inventory.reserve',
        data: (order) => order,
        done: 'inventory.reserved',
        failed: { 'inventory.rejected': ({ reason }) => reason },
        limitMs,
        overdue: 'expired',
        undo: { command: 'inventory.release', data: itsId, reply: 'inventory.released', limitMs },
      },
      {
        name: 'charge',
        command: 'payment.charge',
        data: ({ orderId, total, priority }) => ({ orderId, amount: total, priority }),
        done: 'payment.completed',
        failed: { 'payment.failed': ({ reason }) => reason },
        limitMs,
        overdue: 'payment-timeout',
        undo: { command: 'payment.refund', data: itsTotal, reply: 'payment.refunded', limitMs },
      },
    ],
    pivot: {
      name: 'complete',
      command: 'order.complete',
      data: itsId,
      done: 'order.completed',
      failed: { 'order.completion-refused': ({ reason }) => reason },
      limitMs,
    },
    cancelledBy: { 'order.cancel-requested': ({ reason }) => reason },
  };
}

function whatIsOrdered({ orderId, items, total, priority }: MessageData<'order.created'>): Ordered {
  return { orderId, items: items.map(({ sku, quantity }) => ({ sku, quantity })), total, priority };
}
