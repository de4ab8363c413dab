import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { OrderView } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import type { Databases } from './databases.ts';
import { type EventLog, plantedEvents } from './planted-events.ts';
import { allDocuments, ask, differences, projection, rebuilt, refreshMs } from './read-side.ts';
import type { System } from './system.ts';

const patient = { timeoutMs: 600_000 };
const together = 500;

/** Both ways to fill an index with the same documents. */
export interface Loaders {
  readonly documents: number;
  /** Fills a new index from the log of all events, as a rebuild does; documents a second. Rejects when it differs from the one before. */
  rebuild(): Promise<number>;
  /** Sends the finished documents, a thousand at a time, to an index of the same mapping; documents a second. */
  bare(): Promise<number>;
}

/** Plants the events of so many more orders, and waits until everybody has done with them. */
export async function prepareLoaders(
  system: System,
  databases: Databases,
  log: EventLog,
  orders: number,
): Promise<Loaders> {
  for (let from = 0; from < orders; from += together)
    await log.plant(Array.from({ length: together }, () => plantedEvents(randomUUID())).flat());
  await eventually(async () => strictEqual((await projection(system)).lag, 0), patient);
  await untilAudited(databases);
  const elasticsearch = system.stack.env.ELASTICSEARCH_URL;
  const all = await allDocuments(elasticsearch);
  const documents = [...all.values()];

  return {
    documents: documents.length,
    async rebuild() {
      const speed = await timed(documents.length, () => rebuilt(system, patient.timeoutMs));
      deepStrictEqual(differences(all, await allDocuments(elasticsearch)), []);
      return speed;
    },
    async bare() {
      const index = `bare-${randomUUID()}`;
      const { index: like } = await projection(system);
      try {
        return await timed(documents.length, () => loadBare(elasticsearch, index, like, documents));
      } finally {
        await ask(elasticsearch, 'DELETE', `/${index}`);
      }
    },
  };
}

/** The gateway writes down every event, too, and what it still has to do would be measured as well. */
async function untilAudited(databases: Databases): Promise<void> {
  let before = -1;
  await eventually(async () => {
    const [row] = await databases.query<{ count: number }>(
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

async function loadBare(
  elasticsearch: string,
  index: string,
  like: string,
  documents: readonly OrderView[],
): Promise<void> {
  const described = await ask<Record<string, { mappings: object }>>(
    elasticsearch,
    'GET',
    `/${like}/_mapping`,
  );
  await ask(elasticsearch, 'PUT', `/${index}`, {
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
    const response = await fetch(`${elasticsearch}/${index}/_bulk`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `${lines.join('\n')}\n`,
    });
    strictEqual(((await response.json()) as { errors: boolean }).errors, false);
  }
  await ask(elasticsearch, 'POST', `/${index}/_refresh`);
}

/** How many a second. */
async function timed(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round((count * 1_000) / (performance.now() - start));
}
