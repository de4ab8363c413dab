import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type TestContext, test } from 'node:test';
import type { OrderView } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { percentile } from '@conveyor/testing/percentile';
import { combinations } from './combinations.ts';
import type { Databases } from './databases.ts';
import { fullSize } from './full-size.ts';
import { type EventLog, plantedEvents } from './planted-events.ts';
import { allDocuments, ask, differences, projection, rebuilt } from './read-side.ts';
import type { System } from './system.ts';

/** How soon Elasticsearch shows what was written, and what is promised besides, in milliseconds. */
const [refreshMs, ownMs] = [1_000, 500];
/** Eight services and their servers on one machine end three to five orders a second and core: this is what they keep up with. */
const ordersPerSecond = Math.min(50, availableParallelism());
const slow = { timeout: 900_000 };
const patient = { timeoutMs: 600_000 };

/** What is promised of the read side alone, whatever the services before it can do: so many orders, of four events each. */
const [plantedPerSecond, plantedAtOnce] = [50, 5];

/** How long it is looked on; and how long a load comes before, so that what is seen is not code that runs for the first time. */
const [lookSeconds, warmSeconds] = fullSize ? [60, 15] : [3, 1];

interface Running {
  readonly system: System;
  readonly databases: Databases;
  readonly log: EventLog;
}

/** How fast the read side of the system that `running` answers is. At full size what is promised of a quiet machine is held, too. */
export function testReadSideSpeed(running: () => Running): void {
  const system = () => running().system;
  const log = () => running().log;
  const elasticsearch = () => system().stack.env.ELASTICSEARCH_URL;

  test('how long after its commit a change is found by a search', slow, async (t) => {
    const customerId = `customer-${randomUUID()}`;
    const watch = watchFound(elasticsearch(), customerId);
    const items = [{ sku: 'mug', quantity: 1 }];
    const ids: string[] = [];
    const place = (n: number, of: string) =>
      system().place({ customerId: of, items, ...combinations[n % 4] });
    await evenly(ordersPerSecond, 1, warmSeconds, (n) => place(n, 'nobody'));
    const came = await evenly(ordersPerSecond, 1, lookSeconds, async (n) => {
      const { body } = await place(n, customerId);
      ids.push(body.orderId);
    });
    for (const id of ids) await system().final(id, patient.timeoutMs);
    const committed = await running().databases.query<Change>(
      'conveyor_order',
      `select stream_id as "orderId", version, recorded_at as at from events where stream_id = any($1)`,
      [ids],
    );
    tell(t, kept(ordersPerSecond, came), await watch.lateness(committed));
  });

  test('how long after an event is on the log it is found by a search', slow, async (t) => {
    const customerId = `customer-${randomUUID()}`;
    const watch = watchFound(elasticsearch(), customerId);
    const planted: Change[] = [];
    const livesOf = (whose?: string) =>
      Array.from({ length: plantedAtOnce }, () => plantedEvents(randomUUID(), whose));
    await evenly(plantedPerSecond, plantedAtOnce, warmSeconds, () => log().plant(livesOf().flat()));
    const came = await evenly(plantedPerSecond, plantedAtOnce, lookSeconds, async () => {
      const lives = livesOf(customerId);
      const at = new Date();
      await log().plant(lives.flat());
      for (const life of lives)
        planted.push(...life.map(({ orderId }, position) => ({ orderId, version: position + 1, at })));
    });
    tell(t, `on the log: ${kept(plantedPerSecond, came)}`, await watch.lateness(planted));
  });

  test('how fast it is rebuilt, next to a bare bulk loader of the same documents', slow, async (t) => {
    const orders = fullSize ? 10_000 : 500;
    for (let from = 0; from < orders; from += 500)
      await log().plant(Array.from({ length: 500 }, () => plantedEvents(randomUUID())).flat());
    await eventually(async () => strictEqual((await projection(system())).lag, 0), patient);
    await untilAudited();
    const before = await allDocuments(elasticsearch());
    const documents = [...before.values()];

    const ratios: number[] = [];
    for (let round = 1; round <= (fullSize ? 5 : 1); round++) {
      const bare = await timed(documents.length, () => loadBare(`bare-${round}`, documents));
      await ask(elasticsearch(), 'DELETE', `/bare-${round}`);
      const rebuilding = await timed(documents.length, () => rebuilt(system(), patient.timeoutMs));
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
      const [row] = await running().databases.query<{ count: number }>(
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
    const { index: like } = await projection(system());
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

/** A change of an order, and when it was committed. */
interface Change {
  readonly orderId: string;
  readonly version: number;
  readonly at: Date;
}

/** Looks on, by itself, what a search finds of a customer's orders. `lateness`: of each of these changes, in milliseconds, once all are found. */
function watchFound(elasticsearch: string, customerId: string) {
  const seen = new Map<string, number>();
  const keyOf = ({ orderId, version }: Pick<Change, 'orderId' | 'version'>) => `${orderId} ${version}`;
  let isOver = false;

  async function look(): Promise<void> {
    // The version alone, from a column: reading five hundred documents each time would slow down what is measured.
    const { hits } = await ask<{ hits: { hits: { _id: string; fields: { version: [number] } }[] } }>(
      elasticsearch,
      'POST',
      '/orders/_search',
      {
        query: { term: { customerId } },
        sort: [{ updatedAt: 'desc' }],
        _source: false,
        docvalue_fields: ['version'],
        size: 500,
      },
    );
    const now = Date.now();
    for (const { _id: orderId, fields } of hits.hits) {
      // Whoever finds a version finds all before it.
      for (let [version] = fields.version; version > 0 && !seen.has(keyOf({ orderId, version })); version--)
        seen.set(keyOf({ orderId, version }), now);
    }
  }
  const watching = (async () => {
    while (!isOver) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();

  return {
    async lateness(changes: readonly Change[]): Promise<readonly number[]> {
      try {
        await eventually(() => ok(changes.every((change) => seen.has(keyOf(change)))), patient);
      } finally {
        isOver = true;
        await watching;
      }
      return changes.map((change) => (seen.get(keyOf(change)) ?? 0) - change.at.getTime());
    },
  };
}

/** Lets orders come, `atOnce` of them with each call of `come`, for so many seconds. Answers how many came a second. */
async function evenly(
  perSecond: number,
  atOnce: number,
  seconds: number,
  come: (n: number) => Promise<unknown>,
): Promise<number> {
  const orders = perSecond * seconds;
  const begun = performance.now();
  for (let n = 0; n < orders; n += atOnce) {
    // The pause is the load; nothing waits for it.
    const next = new Promise((resolve) => setTimeout(resolve, (1_000 * atOnce) / perSecond));
    await come(n);
    await next;
  }
  return (orders * 1_000) / (performance.now() - begun);
}

/** The load that was looked at, in words. At full size it must have been the one that the promise was made for. */
function kept(perSecond: number, came: number): string {
  if (fullSize) ok(came >= perSecond * 0.9, `only ${came} orders a second`);
  return `${perSecond * lookSeconds} orders, ${came.toFixed(1)} a second`;
}

function tell(t: TestContext, what: string, lateMs: readonly number[]): void {
  const [p50, p99, most] = [0.5, 0.99, 1].map((p) => percentile(lateMs, p));
  t.diagnostic(`${what}: ${lateMs.length} changes found after p50 ${p50}, p99 ${p99}, at most ${most} ms`);
  if (fullSize) ok((p99 ?? Number.NaN) <= refreshMs + ownMs, `${p99} ms`);
}
