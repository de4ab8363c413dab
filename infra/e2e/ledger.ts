import type { LedgerEntry } from '@conveyor/contracts/http';
import type { Client } from './client.ts';

/** What the payment provider's own record holds of an order, oldest first. */
export async function ledgerOf(client: Client, orderId: string): Promise<readonly LedgerEntry[]> {
  const path = `/api/ledger?orderId=${orderId}`;
  const { body } = await client.call<{ readonly entries: readonly LedgerEntry[] }>('GET', path, {
    admin: true,
  });
  return body.entries;
}
