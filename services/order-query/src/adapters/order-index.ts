import type { ReadModel } from '@conveyor/patterns/cqrs/batch-projection';
import { InfrastructureFault, PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Client, estypes } from '@elastic/elasticsearch';
import type { OrderDocument } from '../domain/order-document.ts';
import { bulkRequests } from './bulk-requests.ts';
import { asked } from './elasticsearch.ts';
import { feedOf } from './index-names.ts';

/** How many documents are asked for at once. */
const mostFound = 1_000;

const refused = 400;
const tooBusy = 429;
const versionConflict = 409;

/** The documents of one generation. The id of each is that of its order, so that there cannot be two. */
export function orderIndex(client: Client, generation: string): ReadModel<OrderDocument> {
  // An alias that must exist: a write to a missing index would make one, without our mapping.
  const target = { index: feedOf(generation), require_alias: true };

  return {
    async find(orderIds) {
      const documents = new Map<string, OrderDocument>();
      for (let from = 0; from < orderIds.length; from += mostFound) {
        const ids = orderIds.slice(from, from + mostFound);
        const { docs } = await asked(() => client.mget<OrderDocument>({ index: generation, ids }));
        for (const [id, document] of docs.flatMap((doc) => found(doc))) documents.set(id, document);
      }
      return documents;
    },

    async write(documents) {
      for (const operations of bulkRequests(documents)) {
        const { items } = await asked(() => client.bulk<string>({ ...target, operations: [...operations] }));
        judge(items.flatMap(({ index }) => (index ? [index] : [])));
      }
    },
  };
}

/** @throws InfrastructureFault when it is not known whether there is one: its part of the index is not there yet, or not any more. */
function found(doc: estypes.MgetResponseItem<OrderDocument>): readonly (readonly [string, OrderDocument])[] {
  if ('error' in doc)
    throw new InfrastructureFault('elasticsearch-unavailable', `${doc._id}: ${doc.error.type}`);
  return doc._source ? [[doc._id, doc._source]] : [];
}

/** That there is the same or a newer version is as good as written. What may work later counts before what never will. */
function judge(items: readonly estypes.BulkResponseItem[]): void {
  const failed = items.filter(({ status }) => status >= 300 && status !== versionConflict);
  const [first] = failed.filter(({ status }) => status !== refused);
  if (first) {
    const code = first.status === tooBusy ? 'elasticsearch-busy' : 'elasticsearch-unavailable';
    throw new InfrastructureFault(code, inWords(first));
  }
  const [bad] = failed;
  if (bad) throw new PermanentFault('document-refused', inWords(bad));
}

function inWords({ _id, error }: estypes.BulkResponseItem): string {
  return `${_id}: ${error?.type} ${error?.reason}`;
}
