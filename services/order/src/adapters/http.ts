import { createHash } from 'node:crypto';
import { fieldProblem } from '@conveyor/contracts';
import {
  cancelOrder,
  getOrder,
  getPaymentToken,
  type OrderView,
  type PlaceOrderBody,
  placeOrder,
} from '@conveyor/contracts/http';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { whenGone } from '@conveyor/service-kit/client-gone';
import { type Http, operation } from '@conveyor/service-kit/http';
import {
  badRequest,
  conflict,
  type Problem,
  unavailable,
  unprocessable,
} from '@conveyor/service-kit/problems';
import type { Watch } from '@conveyor/service-kit/watch';
import type { Cancelling, CancelOrderRequest } from '../handlers/cancel-order.ts';
import type { PlaceOrderRequest, Placing, Refusal } from '../handlers/place-order.ts';
import { orderIdOf, unknownOrder } from './order-id.ts';
import { paymentTokens } from './payment-tokens.ts';

export interface OrderRoutes {
  readonly database: Tx;
  readonly watch: Watch;
  /** The order for looking at, or undefined when there is none. */
  readonly view: (orderId: string) => Promise<OrderView | undefined>;
  readonly isFinal: (status: OrderView['status']) => boolean;
  readonly place: (request: PlaceOrderRequest) => Promise<Placing>;
  readonly cancel: (request: CancelOrderRequest) => Promise<Cancelling>;
}

/** Another instance of this service may end the order without this one noticing, so whoever waits looks now and then. */
const lookEveryMs = 500;

export function addOrderRoutes(http: Http, routes: OrderRoutes): void {
  const { database, watch, view, isFinal, place, cancel } = routes;
  http.route({
    ...operation(placeOrder),
    handler: async (request, reply) => {
      const arrived = performance.now();
      const { body, headers, query } = request;
      const key = headers['idempotency-key'];
      const placing = await place({
        body,
        correlationId: request.correlationId,
        traceparent: request.traceparent,
        ...(key ? { key: { customerId: body.customerId, key, requestHash: hashOf(body) } } : {}),
      });
      if ('rejected' in placing) throw problemOf(placing);

      const { accepted } = placing;
      reply.header('location', `/api/orders/${accepted.orderId}`);
      if (query.wait === undefined) return reply.status(202).send(accepted);
      // The order is durable: whatever keeps us from looking at it, it was accepted.
      const until = arrived + query.wait * 1_000;
      const order = await whenFinal(accepted.orderId, until, whenGone(reply)).catch((err: unknown) => {
        request.log.warn({ err, order_id: accepted.orderId }, 'the end of an order could not be waited for');
        return undefined;
      });
      if (order && isFinal(order.status)) return reply.status(200).send(order);
      return reply.status(202).send({ ...accepted, status: order?.status ?? accepted.status });
    },
  });

  http.route({
    ...operation(getOrder),
    handler: async ({ params }) => {
      const order = await view(orderIdOf(params.id));
      if (!order) throw unknownOrder();
      return order;
    },
  });

  http.route({
    ...operation(getPaymentToken),
    handler: async ({ params }) => {
      const paymentToken = await paymentTokens.find(database, orderIdOf(params.id));
      if (!paymentToken) throw unknownOrder();
      return { paymentToken };
    },
  });

  http.route({
    ...operation(cancelOrder),
    handler: async ({ params, correlationId, traceparent }, reply) => {
      const cancelling = await cancel({ orderId: orderIdOf(params.id), correlationId, traceparent });
      if ('order' in cancelling) return reply.status(202).send(cancelling.order);
      if (cancelling.rejected === 'unknown-order') throw unknownOrder();
      throw conflict(`the order is ${cancelling.status} already`, '/id');
    },
  });

  // Whoever still waits gets the state as it is, so that a stop takes no minute.
  http.addHook('preClose', async () => watch.releaseAll());

  async function whenFinal(
    orderId: string,
    until: number,
    gone: AbortSignal,
  ): Promise<OrderView | undefined> {
    for (;;) {
      // The watch is set before the look, so that an end in between is not missed.
      const left = until - performance.now();
      const change = watch.told(orderId, Math.max(0, Math.min(left, lookEveryMs)), gone);
      const order = await view(orderId);
      if (left <= 0 || watch.released || gone.aborted || !order || isFinal(order.status)) return order;
      await change;
    }
  }
}

/** The body as validated, fields in a fixed order: spaces and the order of fields make no other request. */
function hashOf({
  customerId,
  items,
  currency,
  paymentToken,
  priority,
  saga,
  broker,
}: PlaceOrderBody): string {
  const parts = [
    customerId,
    items.map(({ sku, quantity }) => [sku, quantity]),
    currency,
    paymentToken,
    priority,
    saga,
    broker,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function problemOf(refusal: Refusal): Problem {
  switch (refusal.rejected) {
    case 'duplicate-sku':
      return badRequest([fieldProblem(`/items/${refusal.item}/sku`, 'occurs more than once')], 'body');
    case 'unknown-sku':
    case 'mixed-currencies':
      return unprocessable(`/items/${refusal.item}/sku`, refusal.detail);
    case 'other-currency':
      return unprocessable('/currency', refusal.detail);
    case 'too-much':
      return unprocessable('/items', refusal.detail);
    case 'key-with-other-body':
      return unprocessable('/idempotency-key', 'was used with another body');
    case 'key-in-flight':
      return conflict('a request with this Idempotency-Key is under way', '/idempotency-key');
    case 'no-quote':
      return unavailable('inventory did not quote in time', 1);
    default:
      return refusal satisfies never;
  }
}
