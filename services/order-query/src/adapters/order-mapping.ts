import type { estypes } from '@elastic/elasticsearch';

const keyword = { type: 'keyword' } as const;

/** Every field with its type: a guess of Elasticsearch could not be taken back. A field that is not here is refused. */
const mappings: estypes.MappingTypeMapping = {
  dynamic: 'strict',
  properties: {
    orderId: keyword,
    customerId: keyword,
    status: keyword,
    reason: keyword,
    items: {
      properties: {
        sku: keyword,
        // The one field that is searched by words. How well it fits depends on itself alone: by the default (BM25) it would change
        // with every order that is placed, and the next page of the best could not begin where the one before has ended.
        name: { type: 'text', similarity: 'boolean' },
        quantity: { type: 'integer' },
        unitPrice: { type: 'long' },
      },
    },
    total: { properties: { amount: { type: 'long' }, currency: keyword } },
    saga: keyword,
    broker: keyword,
    priority: keyword,
    createdAt: { type: 'date' },
    updatedAt: { type: 'date' },
    version: { type: 'integer' },
  },
};

/** How soon what is written can be found by a search that does not ask for it. In milliseconds. */
const refreshIntervalMs = 1_000;

/** Set although it is the default: left to itself, an index that nobody searches stops refreshing. */
export const refreshed = { refresh_interval: `${refreshIntervalMs}ms` };

/** A new one is not refreshed while it is being filled: nobody searches it, and each refresh would make another small segment. */
export const orderIndexSettings = {
  mappings,
  settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' },
} as const;
