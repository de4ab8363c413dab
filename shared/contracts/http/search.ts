import { type Static, Type } from 'typebox';
import { CustomerId, OrderStatus, Sku } from '../vocabulary.ts';
import { longestWaitSeconds } from './longest-wait.ts';
import { OrderView } from './orders.ts';
import { ProblemDetails } from './problem-details.ts';
import type { Route } from './route.ts';

/** `-` before a field: from the highest down. */
export const SearchSort = Type.Enum([
  'createdAt',
  '-createdAt',
  'updatedAt',
  '-updatedAt',
  'total',
  '-total',
  'relevance',
]);
export type SearchSort = Static<typeof SearchSort>;

const Total = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'In minor units (cents)',
});
const Moment = Type.String({ maxLength: 40, description: 'A date, or a date and time, by RFC 3339' });

export const SearchQuery = Type.Object(
  {
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Words of item names; a misspelt one finds as well',
      }),
    ),
    status: Type.Optional(
      Type.String({ maxLength: 100, description: 'One status, or several with commas between them' }),
    ),
    customerId: Type.Optional(CustomerId),
    sku: Type.Optional(Sku),
    minTotal: Type.Optional(Total),
    maxTotal: Type.Optional(Total),
    from: Type.Optional(Moment),
    to: Type.Optional(Moment),
    sort: Type.Optional(SearchSort),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 512, description: '`nextCursor` of the page before' }),
    ),
    after: Type.Optional(
      Type.String({
        maxLength: 64,
        description: '`orderId:version`: answer only once this version of this order is found by a search',
      }),
    ),
    wait: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: longestWaitSeconds,
        default: 10,
        description: 'Seconds to wait for `after`',
      }),
    ),
  },
  { additionalProperties: false },
);
export type SearchQuery = Static<typeof SearchQuery>;

export const OrderPage = Type.Object({
  /** Of all pages together. */
  total: Type.Integer({ minimum: 0 }),
  orders: Type.Array(OrderView),
  /** How many orders there are of each status: of those that everything else in the question allows. */
  facets: Type.Object({ status: Type.Partial(Type.Record(OrderStatus, Type.Integer({ minimum: 1 }))) }),
  /** Missing on the last page. */
  nextCursor: Type.Optional(Type.String()),
});
export type OrderPage = Static<typeof OrderPage>;

export const searchOrders = {
  method: 'GET',
  path: '/api/search/orders',
  service: 'order-query',
  summary:
    'Search orders. What was changed a moment ago may be missing for a second, unless `after` asks for it',
  schema: {
    querystring: SearchQuery,
    response: { 200: OrderPage, 400: ProblemDetails, 503: ProblemDetails },
  },
} as const satisfies Route;
