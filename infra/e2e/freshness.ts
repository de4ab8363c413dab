import { ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { eventually } from '@conveyor/testing/eventually';
import { combinations } from './combinations.ts';
import type { Databases } from './databases.ts';
import { type EventLog, plantedEvents } from './planted-events.ts';
import { ask } from './read-side.ts';
import type { System } from './system.ts';

const patient = { timeoutMs: 600_000 };

/** How many orders come, and how evenly. */
export interface Pace {
  readonly perSecond: number;
  /** So many come together. */
  readonly atOnce: number;
  /** How long it is looked on. */
  readonly seconds: number;
  /** How long orders come before, so that what is seen is not code that runs for the first time. */
  readonly warmSeconds: number;
}

export interface Freshness {
  /** How long each change took to be found by a search, in milliseconds. */
  readonly lateMs: readonly number[];
  /** How many orders really came in a second. */
  readonly came: number;
}

/** From the moment at which an event of an order that was placed was committed. */
export async function freshnessOfOrders(
  system: System,
  databases: Databases,
  pace: Pace,
): Promise<Freshness> {
  const customerId = `customer-${randomUUID()}`;
  const watch = watchFound(system.stack.env.ELASTICSEARCH_URL, customerId);
  const items = [{ sku: 'mug', quantity: 1 }];
  const place = (n: number, of: string) => system.place({ customerId: of, items, ...combinations[n % 4] });
  const ids: string[] = [];
  await evenly(pace, pace.warmSeconds, (n) => place(n, 'nobody'));
  const came = await evenly(pace, pace.seconds, async (n) => {
    const { body } = await place(n, customerId);
    ids.push(body.orderId);
  });
  for (const id of ids) await system.final(id, patient.timeoutMs);
  const committed = await databases.query<Change>(
    'conveyor_order',
    `select stream_id as "orderId", version, recorded_at as at from events where stream_id = any($1)`,
    [ids],
  );
  return { lateMs: await watch.lateness(committed), came };
}

/** From the moment at which an event was put on the log: of the read side alone, whatever the services before it can do. */
export async function freshnessOfEvents(system: System, log: EventLog, pace: Pace): Promise<Freshness> {
  const customerId = `customer-${randomUUID()}`;
  const watch = watchFound(system.stack.env.ELASTICSEARCH_URL, customerId);
  const planted: Change[] = [];
  const livesOf = (whose?: string) =>
    Array.from({ length: pace.atOnce }, () => plantedEvents(randomUUID(), whose));
  await evenly(pace, pace.warmSeconds, () => log.plant(livesOf().flat()));
  const came = await evenly(pace, pace.seconds, async () => {
    const lives = livesOf(customerId);
    const at = new Date();
    await log.plant(lives.flat());
    for (const life of lives)
      planted.push(...life.map(({ orderId }, position) => ({ orderId, version: position + 1, at })));
  });
  return { lateMs: await watch.lateness(planted), came };
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
  // Nobody waits for what is looked at by itself: whoever asks for the lateness is told that it has failed.
  const failed = new AbortController();
  watching.catch((error: unknown) => failed.abort(error));

  return {
    async lateness(changes: readonly Change[]): Promise<readonly number[]> {
      try {
        const { signal } = failed;
        await eventually(() => ok(changes.every((change) => seen.has(keyOf(change)))), {
          ...patient,
          signal,
        });
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
  { perSecond, atOnce }: Pace,
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
