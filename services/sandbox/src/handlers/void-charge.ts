import { decideVoid, type VoidAnswer } from '../domain/charge.ts';
import type { Ports } from './ports.ts';

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
