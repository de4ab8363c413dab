import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Transaction } from '@conveyor/e2e/order-cost/transactions';
import { providePgbench } from '@conveyor/local/pgbench';
import { copyOf } from './copies.ts';
import { pgbenchScript, type Shelf } from './script.ts';

const run = promisify(execFile);

/** The SQL of one order, to be run by pgbench as fast as PostgreSQL takes it. */
export interface Replay {
  /** So many orders, `clients` at a time in each database; answers how many a second. */
  perSecond(orders: number, clients: number): Promise<number>;
  close(): Promise<void>;
}

/** One script for each service, from what it said for one order; each is run in the copy of its database. */
export async function replayOf(
  postgresUrl: string,
  transactions: readonly Transaction[],
  shelf: Shelf,
): Promise<Replay> {
  const program = await providePgbench(() => {});
  const dir = await mkdtemp(join(tmpdir(), 'conveyor-pgbench-'));
  const scripts: { readonly file: string; readonly url: string }[] = [];
  for (const [database, own] of Map.groupBy(transactions, ({ role }) => role)) {
    const file = join(dir, `${database}.sql`);
    await writeFile(file, pgbenchScript(own, shelf));
    scripts.push({ file, url: new URL(`/${copyOf(database)}`, postgresUrl).href });
  }
  return {
    async perSecond(orders, clients) {
      const each = String(Math.ceil(orders / clients));
      const start = performance.now();
      // All services at once, as they work: it is over when the last of them has done its part of every order.
      await Promise.all(
        scripts.map(({ file, url }) =>
          run(program, ['-n', '-f', file, '-c', String(clients), '-j', '1', '-t', each, url]),
        ),
      );
      return (Number(each) * clients * 1_000) / (performance.now() - start);
    },
    close: () => rm(dir, { recursive: true }),
  };
}
