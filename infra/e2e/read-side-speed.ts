import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import type { OrderView } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { percentile } from '@conveyor/testing/percentile';
import { combinations } from './combinations.ts';
import type { Databases } from './databases.ts';
import { fullSize } from './full-size.ts';
import { plantedEvents, plantOnLog } from './planted-events.ts';
import { allDocuments, ask, differences, projection, rebuilt } from './read-side.ts';
import type { System } from './system.ts';

/** How soon Elasticsearch shows what was written, and what is promised besides, in milliseconds. */
const [refreshMs, ownMs] = [1_000, 500];
/** Eight services and their servers on one machine end three to five orders a second and core: this is what they keep up with. */
const ordersPerSecond = Math.min(50, availableParallelism());
const slow = { timeout: 900_000 };
const patient = { timeoutMs: 600_000 };

/** How fast the read side of the system that `running` answers is. At full size what is promised of a quiet machine is held, too. */
export function testReadSideSpeed(running: () => System, databases: () => Databases): void {
  const elasticsearch = () => running().stack.env.ELASTICSEARCH_URL;

  test('how long after its commit a change is found by a search', slow, async (t) => {
    const seconds = fullSize ? 60 : 3;
    const customerId = `customer-${randomUUID()}`;
    const seen = new Map<string, number>();
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        for (const { orderId, version } of await lastChanged(customerId)) {
          for (let v = version; v > 0 && !seen.has(`${orderId} ${v}`); v--)
            seen.set(`${orderId} ${v}`, Date.now());
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();

    const ids: string[] = [];
    for (let n = 0; n < seconds * ordersPerSecond; n++) {
      // The pause is the load; nothing waits for it.
      const next = new Promise((resolve) => setTimeout(resolve, 1_000 / ordersPerSecond));
      const { body } = await running().place({
        customerId,
        items: [{ sku: 'mug', quantity: 1 }],
        ...combinations[n % 4],
      });
      ids.push(body.orderId);
      await next;
    }
    for (const id of ids) await running().final(id, patient.timeoutMs);
    const committed = await databases().query<{ key: string; at: Date }>(
      'conveyor_order',
      `select stream_id || ' ' || version as key, recorded_at as at from events where stream_id = any($1)`,
      [ids],
    );
    await eventually(() => ok(committed.every(({ key }) => seen.has(key))), patient);
    isOver = true;
    await watching;
    const lateMs = committed.map(({ key, at }) => (seen.get(key) ?? 0) - at.getTime());
    const [p50, p99, most] = [0.5, 0.99, 1].map((p) => percentile(lateMs, p));
    t.diagnostic(
      `${ids.length} orders, ${ordersPerSecond} a second: ${committed.length} changes found after p50 ${p50}, p99 ${p99}, at most ${most} ms`,
    );
    if (fullSize) ok((p99 ?? Number.NaN) <= refreshMs + ownMs, `${p99} ms`);

    async function lastChanged(whose: string): Promise<readonly Pick<OrderView, 'orderId' | 'version'>[]> {
      const { hits } = await ask<{ hits: { hits: { _source: OrderView }[] } }>(
        elasticsearch(),
        'POST',
        '/orders/_search',
        {
          query: { term: { customerId: whose } },
          sort: [{ updatedAt: 'desc' }],
          _source: ['orderId', 'version'],
          size: 500,
        },
      );
      return hits.hits.map(({ _source }) => _source);
    }
  });

  test('how fast it is rebuilt, next to a bare bulk loader of the same documents', slow, async (t) => {
    const orders = fullSize ? 10_000 : 500;
    for (let from = 0; from < orders; from += 500) {
      const events = Array.from({ length: 500 }, () => plantedEvents(randomUUID())).flat();
      await plantOnLog(running().stack, events);
    }
    await eventually(async () => strictEqual((await projection(running())).lag, 0), patient);
    await untilAudited();
    const before = await allDocuments(elasticsearch());
    const documents = [...before.values()];

    const ratios: number[] = [];
    for (let round = 1; round <= (fullSize ? 5 : 1); round++) {
      const bare = await timed(documents.length, () => loadBare(`bare-${round}`, documents));
      await ask(elasticsearch(), 'DELETE', `/bare-${round}`);
      const rebuilding = await timed(documents.length, () => rebuilt(running(), patient.timeoutMs));
      deepStrictEqual(differences(before, await allDocuments(elasticsearch())), []);
      ratios.push(rebuilding / bare);
      t.diagnostic(`round ${round}: rebuilt ${rebuilding}, bare ${bare} documents/s`);
    }
    t.diagnostic(
      `${documents.length} documents, rebuilt at ${percentile(ratios, 0.5).toFixed(2)} times the speed of a bare loader`,
    );
  });

  /** The gateway writes down every event, too, and what it still has to do would be measured as well. */
  async function untilAudited(): Promise<void> {
    let before = -1;
    await eventually(async () => {
      const [row] = await databases().query<{ count: number }>(
        'conveyor_gateway',
        'select count(*)::int from audit',
      );
      const now = row?.count ?? 0;
      const isQuiet = now === before;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 500));
      ok(isQuiet, 'still being written');
    }, patient);
  }

  async function loadBare(index: string, documents: readonly OrderView[]): Promise<void> {
    const { index: like } = await projection(running());
    const described = await ask<Record<string, { mappings: object }>>(
      elasticsearch(),
      'GET',
      `/${like}/_mapping`,
    );
    await ask(elasticsearch(), 'PUT', `/${index}`, {
      mappings: described[like]?.mappings,
      settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: `${refreshMs}ms` },
    });
    for (let from = 0; from < documents.length; from += 1_000) {
      const lines = documents
        .slice(from, from + 1_000)
        .flatMap((document) => [
          JSON.stringify({ index: { _id: document.orderId } }),
          JSON.stringify(document),
        ]);
      const response = await fetch(`${elasticsearch()}/${index}/_bulk`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: `${lines.join('\n')}\n`,
      });
      strictEqual(((await response.json()) as { errors: boolean }).errors, false);
    }
    await ask(elasticsearch(), 'POST', `/${index}/_refresh`);
  }
}

/** How many a second. */
async function timed(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round((count * 1_000) / (performance.now() - start));
}
