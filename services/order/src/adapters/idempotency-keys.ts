import { newMessageId } from '@conveyor/brokers';
import type { AcceptedOrder } from '@conveyor/contracts/http';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { IdempotencyKeys } from '../handlers/ports.ts';

export function createIdempotencyKeys(db: Tx): IdempotencyKeys & { prune(atMost: number): Promise<number> } {
  return {
    async claim({ customerId, key, requestHash }) {
      const claimId = newMessageId();
      const { rowCount } = await db.query(
        `insert into idempotency_keys as k (customer_id, key, request_hash, claim_id, lease_until)
         values ($1, $2, $3, $4, now() + interval '10 seconds')
         on conflict (customer_id, key) do update
           set request_hash = excluded.request_hash, claim_id = excluded.claim_id,
               lease_until = excluded.lease_until, response = null, created_at = now()
           where k.created_at < now() - interval '24 hours'
              or (k.response is null and k.lease_until < now())`,
        [customerId, key, requestHash, claimId],
      );
      if (rowCount === 1) return { outcome: 'claimed', claimId };

      const { rows } = await db.query<{ request_hash: string; response: AcceptedOrder | null }>(
        'select request_hash, response from idempotency_keys where customer_id = $1 and key = $2',
        [customerId, key],
      );
      const [row] = rows;
      if (row && row.request_hash !== requestHash) return { outcome: 'other-body' };
      if (row?.response) return { outcome: 'answered', response: row.response };
      // No row: its holder has just given it back after an error.
      return { outcome: 'in-flight' };
    },

    async keepAnswer(tx, claimId, { customerId, key }, response) {
      const { rowCount } = await tx.query(
        'update idempotency_keys set response = $1 where customer_id = $2 and key = $3 and claim_id = $4',
        [JSON.stringify(response), customerId, key, claimId],
      );
      return rowCount === 1;
    },

    async release(claimId, { customerId, key }) {
      await db.query(
        'delete from idempotency_keys where customer_id = $1 and key = $2 and claim_id = $3 and response is null',
        [customerId, key, claimId],
      );
    },

    /** Deletes at most `atMost` of those that no repeat can ask for any more, and answers how many there were. */
    async prune(atMost) {
      const { rowCount } = await db.query(
        `delete from idempotency_keys where (customer_id, key) in (
           select customer_id, key from idempotency_keys where created_at < now() - interval '24 hours'
           limit $1 for update skip locked)`,
        [atMost],
      );
      return rowCount ?? 0;
    },
  };
}
