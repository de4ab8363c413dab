import type { OrderView } from '@conveyor/contracts/http';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import type { Messaging } from '@conveyor/service-kit/messaging/messaging';
import { decide } from '../domain/order.ts';
import { loadOrder, saveOrder, viewOrder } from './order-stream.ts';

export interface CancelOrderDeps {
  readonly database: Database;
  readonly send: Messaging['send'];
}

export interface CancelOrderRequest {
  readonly orderId: string;
  readonly correlationId: string;
  readonly traceparent: string;
}

/** The order after the request, or why there was nothing to request. */
export type Cancelling =
  | { readonly order: OrderView }
  | { readonly rejected: 'unknown-order' }
  | { readonly rejected: 'is-final'; readonly status: OrderView['status'] };

/**
 * Takes a customer's wish to cancel. It can be repeated while the order is not final: the first one counts. What the
 * client is told is durable, and nobody can complete the order any more.
 */
export function createCancelOrder({ database, send }: CancelOrderDeps) {
  return (request: CancelOrderRequest): Promise<Cancelling> =>
    database.transaction(async (tx) => {
      const { orderId, correlationId, traceparent } = request;
      const loaded = await loadOrder(tx, orderId);
      if (loaded.order.status === 'none') return { rejected: 'unknown-order' };
      const { status, saga, broker } = loaded.order;

      const decision = decide({ type: 'request-cancel', reason: 'cancelled-by-customer' }, loaded.order);
      if ('rejected' in decision) {
        if (decision.rejected === 'is-final') return { rejected: 'is-final', status };
      } else {
        const cause = { correlationid: correlationId, traceparent, saga, broker };
        const { drafts, state } = await saveOrder(tx, orderId, loaded, decision, cause);
        await send(tx, cause, drafts, state);
      }
      const order = await viewOrder(tx, orderId);
      if (!order) throw new Error(`the stream of ${orderId} is gone`);
      return { order };
    });
}
