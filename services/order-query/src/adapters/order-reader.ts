import type { OrderPage } from '@conveyor/contracts/http';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Watch } from '@conveyor/service-kit/watch';
import type { Client, estypes } from '@elastic/elasticsearch';
import type { OrderDocument } from '../domain/order-document.ts';
import { asked } from './elasticsearch.ts';
import { searched } from './index-names.ts';
import { orderIndex } from './order-index.ts';
import type { Criteria, Seen, SortValues } from './question.ts';
import { sharedRefresh } from './shared-refresh.ts';

export interface Found {
  readonly page: Omit<OrderPage, 'nextCursor'>;
  /** The sort values of the last order on the page, if another page follows. */
  readonly last?: SortValues;
}

/** Another process may be the one that projects: so whoever waits looks, too, but ever more rarely. */
const [firstLookMs, longestLookMs] = [50, 2_000];

/** Searches the live generation, and waits for what is to be found there. */
export function createReader(client: Client, watch: Watch) {
  const live = orderIndex(client, searched);
  const refresh = sharedRefresh(async () => {
    await client.indices.refresh({ index: searched });
  });

  return {
    async search(criteria: Criteria): Promise<Found> {
      const search = () => asked(() => searchOrders(client, criteria));
      // The index may have been replaced and deleted while it was being searched: then the next one answers.
      return search().catch((error: unknown) => {
        if (error instanceof InfrastructureFault) return search();
        throw error;
      });
    },

    /** Resolves with true once a search finds this version of the order, or a later one; with false after `timeoutMs`, or when `signal` fires. */
    async seen({ orderId, version }: Seen, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
      const until = performance.now() + timeoutMs;
      for (let lookInMs = firstLookMs; ; lookInMs = Math.min(lookInMs * 2, longestLookMs)) {
        // The watch is set before the look, so that nothing is missed in between.
        const left = until - performance.now();
        const change = watch.told(orderId, Math.max(0, Math.min(left, lookInMs)), signal);
        const document = (await live.find([orderId])).get(orderId);
        if (document && document.version >= version) {
          await asked(refresh);
          return true;
        }
        if (left <= 0 || watch.released || signal.aborted) return false;
        await change;
      }
    },
  };
}

async function searchOrders(client: Client, criteria: Criteria): Promise<Found> {
  const { hits, aggregations } = await client.search<OrderDocument, { status: StatusCounts }>({
    index: searched,
    ...requestFor(criteria),
  });
  // One more than was asked for tells whether there is another page.
  const shown = hits.hits.slice(0, criteria.limit);
  const total = typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? 0);
  const counts = aggregations?.status.buckets ?? [];
  const page = {
    total,
    orders: shown.flatMap(({ _source }) => (_source ? [_source] : [])),
    facets: { status: Object.fromEntries(counts.map(({ key, doc_count }) => [key, doc_count])) },
  };
  const last = hits.hits.length > criteria.limit ? shown.at(-1)?.sort : undefined;
  return { page, ...(last && { last: [Number(last[0]), String(last[1])] as const }) };
}

interface StatusCounts {
  readonly buckets: readonly { readonly key: string; readonly doc_count: number }[];
}

const sortFields = {
  createdAt: 'createdAt',
  updatedAt: 'updatedAt',
  total: 'total.amount',
  relevance: '_score',
};

/** What was typed in stands in the request as a value, never as a part of a query language. */
export function requestFor(criteria: Criteria): estypes.SearchRequest {
  const { text, statuses, customerId, sku, minTotal, maxTotal, from, to, sort, limit, behind } = criteria;
  const filter: estypes.QueryDslQueryContainer[] = [
    ...(customerId === undefined ? [] : [{ term: { customerId } }]),
    ...(sku === undefined ? [] : [{ term: { 'items.sku': sku } }]),
    ...range('total.amount', minTotal, maxTotal),
    ...range('createdAt', from, to),
  ];
  const must = text === undefined ? [] : [byWords(text)];
  const field = sort.replace('-', '') as keyof typeof sortFields;
  const order = sort.startsWith('-') || field === 'relevance' ? 'desc' : 'asc';
  return {
    query: { bool: { must, filter } },
    // After the counting: whoever has chosen one status wants to see how many there are of the others.
    ...(statuses.length > 0 && { post_filter: { terms: { status: [...statuses] } } }),
    aggs: { status: { terms: { field: 'status' } } },
    sort: [{ [sortFields[field]]: order }, { orderId: 'asc' }],
    size: limit + 1,
    track_total_hits: true,
    ...(behind && { search_after: [...behind] }),
  };
}

/** All words must occur; of each one or two letters may be wrong, by its length. */
function byWords(query: string): estypes.QueryDslQueryContainer {
  return { match: { 'items.name': { query, operator: 'and', fuzziness: 'AUTO' } } };
}

function range(
  field: string,
  gte: string | number | undefined,
  lte: string | number | undefined,
): estypes.QueryDslQueryContainer[] {
  if (gte === undefined && lte === undefined) return [];
  return [{ range: { [field]: { ...(gte !== undefined && { gte }), ...(lte !== undefined && { lte }) } } }];
}
