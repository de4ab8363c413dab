import { ownConsumers as own } from '@conveyor/contracts/http';
import type { Http } from '../http.ts';
import { notFound } from '../problems.ts';
import type { ConsumerDesk } from './consumer-desk.ts';

/** Inside the system only: the gateway knows who may pause a consumer. */
export function addConsumerRoutes(http: Http, desk: ConsumerDesk): void {
  http.route({
    method: 'GET',
    url: own.list.path,
    schema: own.list.schema,
    handler: async () => ({ consumers: [...(await desk.list())] }),
  });
  http.route({
    method: 'PUT',
    url: own.change.path,
    schema: own.change.schema,
    async handler({ params: { consumer }, body: { paused } }) {
      const changed = await desk.change(consumer, paused);
      if (!changed) throw notFound('this service has no such consumer', '/consumer');
      return changed;
    },
  });
}
