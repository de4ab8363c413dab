import { deepStrictEqual } from 'node:assert/strict';
import type { Databases } from '@conveyor/e2e/databases';
import { eventually } from '@conveyor/testing/eventually';

const provider = 'conveyor_sandbox';

/** What must be there of each order, once, and in which service's database. */
const traces = [
  {
    what: 'completions',
    database: 'conveyor_order',
    text: `select stream_id::uuid as id from events where type = 'order.completed' and stream_id = any($1::text[])`,
  },
  {
    what: 'sales',
    database: 'conveyor_inventory',
    text: `select order_id as id from reservations where status = 'sold' and order_id = any($1::uuid[])`,
  },
  {
    what: 'charges',
    database: 'conveyor_payment',
    text: `select order_id as id from charges where status = 'charged' and order_id = any($1::uuid[])`,
  },
  {
    what: 'movements of money',
    database: provider,
    text: 'select order_id as id from ledger where order_id = any($1::uuid[])',
  },
  ...(['email', 'sms', 'push'] as const).map((channel) => ({
    what: `deliveries by ${channel}`,
    database: 'conveyor_notification',
    text: `select order_id as id from deliveries
           where channel = '${channel}' and delivered_at is not null and order_id = any($1::uuid[])`,
  })),
];

/**
 * Rejects unless each of these orders has left each trace, once: also what follows its completion. `nameOf` says where the rows of a
 * service are; the provider is the same for all.
 */
export async function checkTraces(
  databases: Databases,
  nameOf: (database: string) => string,
  orderIds: readonly string[],
): Promise<void> {
  const expected = orderIds.toSorted();
  for (const { what, database, text } of traces) {
    await eventually(
      async () => {
        const rows = await databases.query<{ id: string }>(
          database === provider ? provider : nameOf(database),
          text,
          [orderIds],
        );
        deepStrictEqual(rows.map(({ id }) => id).sort(), expected, `not the right ${what}`);
      },
      { timeoutMs: 120_000 },
    );
  }
}
