import { type ChargeAnswer, type ChargeRequest, decideCharge } from '../domain/charge.ts';
import type { Ports } from './ports.ts';

/** Charges at most once per key. A second call with the key waits for the first and gets its answer. */
export function chargeCard({ database, charges, ledger }: Ports) {
  return (
    request: ChargeRequest,
    declining: boolean,
  ): Promise<ChargeAnswer | { rejected: 'key-used-with-another-body' }> =>
    database.transaction(async (tx) => {
      const decision = decideCharge(await charges.lock(tx, request.key), request, declining);
      if ('rejected' in decision) return decision;
      await charges.save(tx, decision.record);
      if (decision.movement) await ledger.append(tx, decision.movement);
      return decision.answer;
    });
}
