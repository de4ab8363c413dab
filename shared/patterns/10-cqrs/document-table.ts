import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { ReadModel } from './batch-projection.ts';

/** What demo and proof show of an order. */
export interface OrderDocument {
  readonly version: number;
  readonly status: string;
}

export const documentTable =
  'create table documents (order_id text primary key, version integer not null, status text not null)';

/** A read model in a table, for demo and proof, which have no Elasticsearch: it refuses what is not newer just as that does. */
export function documentsIn(database: Tx): ReadModel<OrderDocument> {
  return {
    async find(streamIds) {
      const { rows } = await database.query<OrderDocument & { readonly order_id: string }>(
        'select order_id, version, status from documents where order_id = any($1)',
        [streamIds],
      );
      return new Map(rows.map(({ order_id, version, status }) => [order_id, { version, status }]));
    },
    async write(documents) {
      for (const [orderId, { version, status }] of documents) {
        await database.query(
          `insert into documents (order_id, version, status) values ($1, $2, $3)
           on conflict (order_id) do update set version = excluded.version, status = excluded.status
           where documents.version < excluded.version`,
          [orderId, version, status],
        );
      }
    },
  };
}
