import { isUuid } from '@conveyor/contracts';
import { getSaga } from '@conveyor/contracts/http';
import type { Progress } from '@conveyor/patterns/saga-orchestration/progress';
import type { Http } from '@conveyor/service-kit/http';
import { notFound } from '@conveyor/service-kit/problems';

/** Where the saga of an order is. One that is not known has not begun: the order may be on its way here. */
export function addSagaRoute(http: Http, progressOf: (orderId: string) => Promise<Progress>): void {
  http.route({
    method: 'GET',
    url: getSaga.path,
    schema: getSaga.schema,
    handler: ({ params }) => {
      if (!isUuid(params.id)) throw notFound('an order has a UUID', '/id');
      return progressOf(params.id.toLowerCase());
    },
  });
}
