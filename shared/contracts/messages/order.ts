import { type Static, Type } from 'typebox';
import {
  BrokerName,
  CancelReason,
  CustomerId,
  Money,
  OrderId,
  OrderLine,
  OrderStatus,
  Priority,
  SagaStyle,
} from '../vocabulary.ts';

/** `version` is the event's place in the order's stream, from 1, without gaps: what a projection sorts and dedupes by. */
const StreamVersion = Type.Integer({ minimum: 1 });

/** What a customer has ordered. */
const placed = {
  orderId: OrderId,
  customerId: CustomerId,
  items: Type.Array(OrderLine, { minItems: 1 }),
  total: Money,
  priority: Priority,
  saga: SagaStyle,
  broker: BrokerName,
};

const OrderCreated = Type.Object({ ...placed, version: StreamVersion });

/** An order after some event, as its service folds it. Any change of this shape, or of the fold, is a new version of `order.snapshot`. */
export const OrderState = Type.Object({
  ...placed,
  status: OrderStatus,
  reason: Type.Optional(CancelReason),
  cancelRequested: Type.Optional(CancelReason),
  completionRefused: Type.Optional(Type.Literal(true)),
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
});
export type OrderState = Static<typeof OrderState>;

/** Events of the order, written by its event store. A new optional field is no new version; any other change is. */
export const orderMessages = {
  // Version 1 had no currency. Its readers ignore the new field, and so take every amount to be in euros.
  'order.created': {
    kind: 'event',
    version: 2,
    data: OrderCreated,
    readableBy: ({ total }: Static<typeof OrderCreated>) => (total.currency === 'EUR' ? 1 : 2),
  },
  'order.reserved': {
    kind: 'event',
    version: 1,
    data: Type.Object({ orderId: OrderId, version: StreamVersion }),
  },
  'order.paid': {
    kind: 'event',
    version: 1,
    data: Type.Object({ orderId: OrderId, version: StreamVersion }),
  },
  'order.completed': {
    kind: 'event',
    version: 1,
    data: Type.Object({
      orderId: OrderId,
      version: StreamVersion,
      customerId: CustomerId,
      total: Money,
      priority: Priority,
    }),
  },
  // The first reason wins. From here on the order will not be completed.
  'order.cancel-requested': {
    kind: 'event',
    version: 1,
    data: Type.Object({ orderId: OrderId, version: StreamVersion, reason: CancelReason }),
  },
  // The answer to `order.complete` when somebody had asked for the order to be cancelled.
  'order.completion-refused': {
    kind: 'event',
    version: 1,
    data: Type.Object({ orderId: OrderId, version: StreamVersion, reason: CancelReason }),
  },
  'order.cancelled': {
    kind: 'event',
    version: 1,
    data: Type.Object({
      orderId: OrderId,
      version: StreamVersion,
      customerId: CustomerId,
      total: Money,
      priority: Priority,
      reason: CancelReason,
    }),
  },
  // What the order is, for whoever does not want to know how it came about. Without a body: the order is archived.
  'order.snapshot': {
    kind: 'snapshot',
    version: 1,
    data: Type.Object({ orderId: OrderId, version: StreamVersion, state: OrderState }),
  },
  'order.complete': { kind: 'command', version: 1, data: Type.Object({ orderId: OrderId }) },
  'order.cancel': {
    kind: 'command',
    version: 1,
    data: Type.Object({ orderId: OrderId, reason: CancelReason }),
  },
  // The order sends it to itself when it is placed; it arrives when the time to pay is over.
  'order.expire': { kind: 'command', version: 1, data: Type.Object({ orderId: OrderId }) },
} as const;

/** What can happen to an order: the types of its events. */
export const orderEventTypes = [
  'order.created',
  'order.reserved',
  'order.paid',
  'order.completed',
  'order.cancel-requested',
  'order.completion-refused',
  'order.cancelled',
] as const satisfies readonly (keyof typeof orderMessages)[];
export type OrderEventType = (typeof orderEventTypes)[number];
