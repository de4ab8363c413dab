import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { ChargeRecord, ChargeRequest } from '../domain/charge.ts';

interface Row {
  readonly key: string;
  readonly status: ChargeRecord['status'];
  readonly failed_calls: number;
  readonly request: ChargeRequest | null;
}

/** The table `charges`: one row per idempotency key. */
export const charges = {
  /** Locks the key until the transaction ends, making its row at the first use. */
  async lock(tx: Tx, key: string): Promise<ChargeRecord> {
    // `do nothing` would neither lock nor return a row that is there.
    const { rows } = await tx.query<Row>(
      `insert into charges (key, status) values ($1, 'open')
       on conflict (key) do update set key = excluded.key
       returning key, status, failed_calls, request`,
      [key],
    );
    const [row] = rows as [Row];
    const { status, failed_calls: failedCalls, request } = row;
    return { key, status, failedCalls, ...(request && { request }) };
  },

  async save(tx: Tx, { key, status, failedCalls, request }: ChargeRecord): Promise<void> {
    await tx.query('update charges set status = $2, failed_calls = $3, request = $4 where key = $1', [
      key,
      status,
      failedCalls,
      request ? JSON.stringify(request) : null,
    ]);
  },
};

export type Charges = typeof charges;
