import { fieldProblem } from '@conveyor/contracts';
import { getLedger } from '@conveyor/contracts/http';
import { type Http, operation } from '@conveyor/service-kit/http';
import type { Postgres } from '@conveyor/service-kit/postgres';
import { badRequest } from '@conveyor/service-kit/problems';
import { isUuid } from './is-uuid.ts';
import { ledger } from './ledger.ts';

/** Enough to look at; the whole may not fit into memory. */
const latestLimit = 1_000;

/** The movements of one order; without an order the newest of all. */
export function addLedgerRoute(http: Http, database: Postgres): void {
  http.route({
    ...operation(getLedger),
    handler: async ({ query: { orderId } }) => {
      if (orderId === undefined) return { entries: await ledger.latest(database, latestLimit) };
      if (!isUuid(orderId)) throw badRequest([fieldProblem('/orderId', 'must be a UUID')], 'querystring');
      return { entries: await ledger.ofOrder(database, orderId) };
    },
  });
}
