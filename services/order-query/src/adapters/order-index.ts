import type { ReadModel } from '@conveyor/patterns/cqrs/batch-projection';
import { InfrastructureFault, PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Client, estypes } from '@elastic/elasticsearch';
import type { OrderDocument } from '../domain/order-document.ts';
import { asked } from './elasticsearch.ts';
import { feedOf } from './generations.ts';

const tooBusy = 429;
const versionConflict = 409;

/** The documents of one generation. The id of each is that of its order, so that there cannot be two. */
export function orderIndex(client: Client, generation: string): ReadModel<OrderDocument> {
  // An alias that must exist: a write to a missing index would make one, without our mapping.
  const target = { index: feedOf(generation), require_alias: true };

  return {
    async find(orderIds) {
      if (orderIds.length === 0) return new Map();
      const { docs } = await asked(() =>
        client.mget<OrderDocument>({ index: generation, ids: [...orderIds] }),
      );
      return new Map(
        docs.flatMap((doc) => ('_source' in doc && doc._source ? [[doc._id, doc._source] as const] : [])),
      );
    },

    async write(documents) {
      // The version is the stream's: Elasticsearch refuses what is not newer than what it has.
      const operations = [...documents].flatMap(([_id, document]) => [
        { index: { _id, version: document.version, version_type: 'external' as const } },
        document,
      ]);
      const { items } = await asked(() => client.bulk<OrderDocument>({ ...target, operations }));
      for (const { index } of items) judge(index);
    },
  };
}

/** That there is the same or a newer version is as good as written. */
function judge(item: estypes.BulkResponseItem | undefined): void {
  const { status = 500, error, _id } = item ?? {};
  if (status < 300 || status === versionConflict) return;
  const what = `${_id}: ${error?.type} ${error?.reason}`;
  if (status === 400) throw new PermanentFault('document-refused', what);
  throw new InfrastructureFault(
    status === tooBusy ? 'elasticsearch-busy' : 'elasticsearch-unavailable',
    what,
  );
}
