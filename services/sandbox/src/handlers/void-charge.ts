import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import type { Charges } from '../adapters/charges.ts';
import type { Ledger } from '../adapters/ledger.ts';
import { decideVoid, type VoidAnswer } from '../domain/charge.ts';

interface Ports {
  readonly database: Database;
  readonly charges: Charges;
  readonly ledger: Ledger;
}

/** Atomic against a charge in flight: it comes before the charge and forbids it, or after it and refunds it. */
export function voidCharge({ database, charges, ledger }: Ports) {
  return (key: string): Promise<VoidAnswer> =>
    database.transaction(async (tx) => {
      const { record, answer, movement } = decideVoid(await charges.lock(tx, key));
      await charges.save(tx, record);
      if (movement) await ledger.append(tx, movement);
      return answer;
    });
}
