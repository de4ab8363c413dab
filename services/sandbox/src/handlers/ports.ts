import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import type { Charges } from '../adapters/charges.ts';
import type { Ledger } from '../adapters/ledger.ts';

/** What a charge is decided with, and written down. */
export interface Ports {
  readonly database: Database;
  readonly charges: Charges;
  readonly ledger: Ledger;
}
