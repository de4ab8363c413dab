import { deepStrictEqual } from 'node:assert/strict';
import type { OrderPage, OrderView, ProjectionStatus } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import type { Databases } from './databases.ts';
import { fullSize } from './full-size.ts';
import type { System } from './system.ts';

/** How soon Elasticsearch shows what was written to the index of orders, in milliseconds. */
export const refreshMs = 1_000;

/** An event as the write side has stored it. */
interface StoredEvent {
  readonly stream_id: string;
  readonly version: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly recorded_at: Date;
}

/** What becomes of an order's status, told here once more so that a mistake of the services is not repeated. */
const statusAfter: Readonly<Record<string, OrderView['status'] | undefined>> = {
  'order.created': 'pending',
  'order.reserved': 'reserved',
  'order.paid': 'paid',
  'order.completed': 'completed',
  'order.cancelled': 'cancelled',
};

/** Every order as its stored events tell it, by id: with nothing of the services' own code. */
export async function foldedOrders(databases: Databases): Promise<ReadonlyMap<string, OrderView>> {
  const events = await databases.query<StoredEvent>(
    'conveyor_order',
    'select stream_id, version, type, data, recorded_at from events order by stream_id, version',
  );
  const orders = new Map<string, Record<string, unknown>>();
  for (const { stream_id, version, type, data, recorded_at } of events) {
    const at = recorded_at.toISOString();
    const order = orders.get(stream_id) ?? { ...data, createdAt: at };
    if (version !== 1 + Number(order['version'] ?? 0))
      throw new Error(`${stream_id} has no version before ${version}`);
    const status = statusAfter[type];
    orders.set(stream_id, {
      ...order,
      version,
      updatedAt: at,
      ...(status && { status }),
      ...(type === 'order.cancelled' && { reason: data['reason'] }),
    });
  }
  return orders as ReadonlyMap<string, unknown> as ReadonlyMap<string, OrderView>;
}

/** Every document of the searched index, by id. */
export async function allDocuments(elasticsearch: string): Promise<ReadonlyMap<string, OrderView>> {
  const documents = new Map<string, OrderView>();
  await ask(elasticsearch, 'POST', '/orders/_refresh');
  for (let behind: readonly unknown[] | undefined; ; ) {
    const { hits } = await ask<Hits>(elasticsearch, 'POST', '/orders/_search', {
      size: 1_000,
      sort: [{ orderId: 'asc' }],
      ...(behind && { search_after: behind }),
    });
    for (const { _id, _source } of hits.hits) documents.set(_id, _source);
    behind = hits.hits.at(-1)?.sort;
    if (!behind) return documents;
  }
}

interface Hits {
  readonly hits: {
    readonly hits: readonly {
      readonly _id: string;
      readonly _source: OrderView;
      readonly sort: readonly unknown[];
    }[];
  };
}

export async function ask<Answer>(url: string, method: string, path: string, body?: object): Promise<Answer> {
  const sent = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${url}${path}`, { method, ...sent });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as Answer;
}

/** What is wrong with the read side, a line for each order that differs: its id, and how. */
export function differences(
  expected: ReadonlyMap<string, OrderView>,
  documents: ReadonlyMap<string, OrderView>,
): readonly string[] {
  const ids = new Set([...expected.keys(), ...documents.keys()]);
  return [...ids].sort().flatMap((id) => {
    const [should, is] = [expected.get(id), documents.get(id)];
    if (!is) return [`${id}: no document`];
    if (!should) return [`${id}: no such order`];
    const fields = new Set([...Object.keys(should), ...Object.keys(is)]) as ReadonlySet<keyof OrderView>;
    const wrong = [...fields].filter((field) => sorted(should[field]) !== sorted(is[field]));
    return wrong.length === 0 ? [] : [`${id}: ${wrong.sort().join(', ')}`];
  });
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Waits until nothing is missing from the read side, and compares. */
export async function untilSame(system: System, databases: Databases, timeoutMs: number): Promise<void> {
  const { ELASTICSEARCH_URL } = system.stack.env;
  await eventually(
    async () => {
      const { state, lag } = await projection(system);
      deepStrictEqual([state, lag], ['live', 0]);
      deepStrictEqual(differences(await foldedOrders(databases), await allDocuments(ELASTICSEARCH_URL)), []);
    },
    { timeoutMs },
  );
}

export async function search(
  system: System,
  query: Readonly<Record<string, string | number>>,
): Promise<OrderPage> {
  const texts = Object.entries(query).map(([name, value]) => [name, String(value)] as const);
  const params = new URLSearchParams(Object.fromEntries(texts));
  const { status, body } = await system.call<OrderPage>('GET', `/api/search/orders?${params}`);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

export async function projection(system: System): Promise<ProjectionStatus> {
  const { status, body } = await system.call<ProjectionStatus>('GET', '/api/projections/orders', {
    admin: true,
  });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** Begins a rebuild and waits for its end. Returns the name of the new index. */
export async function rebuilt(system: System, timeoutMs: number): Promise<string> {
  const { index: former } = await projection(system);
  await system.call('POST', '/api/projections/orders/rebuild', { admin: true });
  return eventually(
    async () => {
      const { state, index } = await projection(system);
      if (state !== 'live' || index === former) throw new Error(`${state} ${index}`);
      return index;
    },
    { timeoutMs },
  );
}

/** Ends the lease of whoever has died while he rebuilt: it would end by itself, after 30 s. At full size that is waited for. */
export async function endLease(databases: Databases): Promise<void> {
  if (!fullSize) await databases.query('conveyor_order_query', 'update rebuild_lease set until = now()');
}
