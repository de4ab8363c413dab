import { type Static, Type } from 'typebox';
import { ProblemDetails } from './problem-details.ts';
import type { Route } from './route.ts';

export const OrderMessage = Type.Object({
  envelope: Type.Record(Type.String(), Type.String(), {
    description: 'The attributes of the message by their CloudEvents names',
  }),
  data: Type.Unknown({
    description: 'Its body, without what says who the customer is, and without payment tokens',
  }),
});
export type OrderMessage = Static<typeof OrderMessage>;

export const getOrderMessage = {
  method: 'GET',
  path: '/api/orders/:id/messages/:messageId',
  service: 'gateway',
  summary: 'A message of an order as it was published; its `messageId` stands in the timeline',
  schema: {
    params: Type.Object({ id: Type.String(), messageId: Type.String() }),
    response: { 200: OrderMessage, 404: ProblemDetails, 503: ProblemDetails },
  },
} as const satisfies Route;
