import { getLedger } from '@conveyor/contracts/http';
import { type Http, operation } from '@conveyor/service-kit/http';
import type { Postgres } from '@conveyor/service-kit/postgres';
import { ledger } from './ledger.ts';

/** More than anybody looks at; the whole may not fit into memory. */
const latestLimit = 50_000;

/** The movements of one order, or the newest of all. */
export function addLedgerRoute(http: Http, database: Postgres): void {
  http.route({
    ...operation(getLedger),
    handler: async ({ query: { orderId } }) => ({
      entries:
        orderId === undefined
          ? await ledger.latest(database, latestLimit)
          : await ledger.ofOrder(database, orderId),
    }),
  });
}
