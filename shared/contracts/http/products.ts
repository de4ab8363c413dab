import { type Static, Type } from 'typebox';
import { Money, Sku } from '../vocabulary.ts';
import { ProblemDetails } from './problem-details.ts';
import type { Route } from './route.ts';

const Count = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });

/** What can be bought is `onHand - reserved`; a sale moves units from `onHand` to `sold`. */
export const ProductView = Type.Object({
  sku: Sku,
  name: Type.String(),
  price: Money,
  stock: Type.Object({ onHand: Count, reserved: Count, sold: Count }),
});
export type ProductView = Static<typeof ProductView>;

export const ProductChange = Type.Object(
  {
    // Without control characters and halves of a surrogate pair: among them are those that PostgreSQL cannot store.
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$' }),
    ),
    price: Type.Optional(
      Type.Object(
        { amount: Type.Integer({ minimum: 1, maximum: 100_000_000 }), currency: Money.properties.currency },
        { additionalProperties: false },
      ),
    ),
    onHand: Type.Optional(Count),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type ProductChange = Static<typeof ProductChange>;

export const listProducts = {
  method: 'GET',
  path: '/api/products',
  service: 'inventory',
  summary: 'All products with price and stock',
  schema: { response: { 200: Type.Array(ProductView) } },
} as const satisfies Route;

export const getProduct = {
  method: 'GET',
  path: '/api/products/:sku',
  service: 'inventory',
  summary: 'One product with price and stock',
  schema: {
    params: Type.Object({ sku: Type.String() }),
    response: { 200: ProductView, 404: ProblemDetails },
  },
} as const satisfies Route;

export const putProduct = {
  method: 'PUT',
  path: '/api/products/:sku',
  service: 'inventory',
  admin: true,
  summary: 'Create a product, or change its name, price or stock',
  schema: {
    params: Type.Object({ sku: Sku }),
    body: ProductChange,
    response: { 200: ProductView, 201: ProductView, 400: ProblemDetails, 409: ProblemDetails },
  },
} as const satisfies Route;
