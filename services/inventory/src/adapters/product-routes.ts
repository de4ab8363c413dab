import { type FieldProblem, fieldProblem, isSku } from '@conveyor/contracts';
import { getProduct, listProducts, putProduct } from '@conveyor/contracts/http';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { type Http, operation } from '@conveyor/service-kit/http';
import type { Messaging } from '@conveyor/service-kit/messaging/messaging';
import { badRequest, conflict, notFound } from '@conveyor/service-kit/problems';
import type { PutProduct } from '../handlers/put-product.ts';
import type { Products } from './products.ts';

export interface ProductRoutesPorts {
  readonly database: Tx;
  readonly products: Products;
  readonly putProduct: PutProduct;
  readonly messaging: Pick<Messaging, 'wakeRelays'>;
}

export function addProductRoutes(http: Http, { database, products, ...ports }: ProductRoutesPorts): void {
  http.route({ ...operation(listProducts), handler: () => products.list(database) });

  http.route({
    ...operation(getProduct),
    handler: async ({ params: { sku } }) => {
      // Nothing else can have a product, and not every text can be looked for: PostgreSQL knows none with a NUL.
      const product = isSku(sku) ? await products.find(database, sku) : undefined;
      if (!product) throw notFound('no such product', '/sku');
      return product;
    },
  });

  http.route({
    ...operation(putProduct),
    handler: async ({ params: { sku }, body, correlationId, traceparent }, reply) => {
      const cause = { correlationid: correlationId, traceparent };
      const decision = await ports.putProduct(sku, body, cause);
      if ('rejected' in decision) {
        if (decision.rejected === 'incomplete') throw badRequest(decision.missing.map(required), 'body');
        throw conflict(`onHand cannot be less than the ${decision.reserved} that are reserved`, '/onHand');
      }
      ports.messaging.wakeRelays();
      return reply.status(decision.outcome === 'created' ? 201 : 200).send(decision.product);
    },
  });
}

function required(field: string): FieldProblem {
  return fieldProblem(`/${field}`, 'is required for a new product');
}
