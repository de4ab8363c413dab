import { type Static, Type } from 'typebox';
import {
  BrokerName,
  CancelReason,
  Currency,
  CustomerId,
  Money,
  OrderId,
  OrderLine,
  OrderStatus,
  PaymentToken,
  Priority,
  Quantity,
  SagaStyle,
  Sku,
} from '../vocabulary.ts';
import { longestWaitSeconds } from './longest-wait.ts';
import { ProblemDetails } from './problem-details.ts';
import type { Route } from './route.ts';

export const PlaceOrderBody = Type.Object(
  {
    customerId: CustomerId,
    items: Type.Array(Type.Object({ sku: Sku, quantity: Quantity }, { additionalProperties: false }), {
      minItems: 1,
      maxItems: 100,
      description: 'Each sku once; all in one currency.',
    }),
    currency: Type.Optional(Currency),
    paymentToken: Type.Optional(PaymentToken),
    priority: Type.Optional(Priority),
    saga: Type.Optional(SagaStyle),
    broker: Type.Optional(BrokerName),
  },
  { additionalProperties: false },
);
export type PlaceOrderBody = Static<typeof PlaceOrderBody>;

const PlaceOrderQuery = Type.Object(
  {
    wait: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: longestWaitSeconds,
        description: 'Seconds to wait for the final state',
      }),
    ),
  },
  { additionalProperties: false },
);

const PlaceOrderHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' }),
  ),
});

/** What a client is told as soon as its order is durable. */
export const AcceptedOrder = Type.Object({
  orderId: OrderId,
  status: OrderStatus,
  total: Money,
  saga: SagaStyle,
  broker: BrokerName,
  correlationId: Type.String(),
});
export type AcceptedOrder = Static<typeof AcceptedOrder>;

/** The order as its event stream tells it. */
export const OrderView = Type.Object({
  orderId: OrderId,
  customerId: CustomerId,
  status: OrderStatus,
  reason: Type.Optional(CancelReason),
  items: Type.Array(OrderLine),
  total: Money,
  saga: SagaStyle,
  broker: BrokerName,
  priority: Priority,
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  version: Type.Integer({ minimum: 1 }),
});
export type OrderView = Static<typeof OrderView>;

export const placeOrder = {
  method: 'POST',
  path: '/api/orders',
  service: 'order',
  summary: 'Place an order',
  schema: {
    headers: PlaceOrderHeaders,
    querystring: PlaceOrderQuery,
    body: PlaceOrderBody,
    response: {
      200: OrderView,
      202: AcceptedOrder,
      400: ProblemDetails,
      409: ProblemDetails,
      413: ProblemDetails,
      415: ProblemDetails,
      422: ProblemDetails,
      503: ProblemDetails,
    },
  },
} as const satisfies Route;

export const getOrder = {
  method: 'GET',
  path: '/api/orders/:id',
  service: 'order',
  summary: 'The order as its event stream tells it',
  schema: {
    params: Type.Object({ id: Type.String() }),
    response: { 200: OrderView, 404: ProblemDetails },
  },
} as const satisfies Route;

export const cancelOrder = {
  method: 'POST',
  path: '/api/orders/:id/cancel',
  service: 'order',
  summary: 'Cancel an order that is not final yet; what was done for it is undone',
  schema: {
    params: Type.Object({ id: Type.String() }),
    response: {
      202: OrderView,
      400: ProblemDetails,
      404: ProblemDetails,
      409: ProblemDetails,
      413: ProblemDetails,
      415: ProblemDetails,
    },
  },
} as const satisfies Route;

/** Inside the system only, never forwarded by the gateway: payment fetches the token that may not travel in messages. */
export const getPaymentToken = {
  method: 'GET',
  path: '/internal/orders/:id/payment-token',
  service: 'order',
  summary: 'The payment token of an order',
  schema: {
    params: Type.Object({ id: Type.String() }),
    response: { 200: Type.Object({ paymentToken: PaymentToken }), 404: ProblemDetails },
  },
} as const satisfies Route;
