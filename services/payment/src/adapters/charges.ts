import type { Currency } from '@conveyor/contracts';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Charge } from '../domain/charge.ts';

interface Row {
  readonly order_id: string;
  readonly status: Charge['status'];
  readonly amount: number;
  readonly currency: Currency;
  readonly deadline: Date | null;
  readonly refunded_amount: number | null;
}

/** The table `charges`: one row per order. */
export const charges = {
  /** Keeps `charge` unless the order has one already; false then. Waits for another transaction that inserts the same. */
  async insert(tx: Tx, { orderId, status, amount, deadline }: Charge): Promise<boolean> {
    const { rowCount } = await tx.query(
      `insert into charges (order_id, status, amount, currency, deadline) values ($1, $2, $3, $4, $5)
       on conflict (order_id) do nothing`,
      [orderId, status, amount.amount, amount.currency, toDate(deadline)],
    );
    return rowCount === 1;
  },

  /** Locks the order's charge until the transaction ends. */
  async lockIfAny(tx: Tx, orderId: string): Promise<Charge | undefined> {
    const { rows } = await tx.query<Row>(
      `select order_id, status, amount, currency, deadline, refunded_amount
       from charges where order_id = $1 for update`,
      [orderId],
    );
    return rows[0] && toCharge(rows[0]);
  },

  /** The same for a charge that has been inserted before. */
  async lock(tx: Tx, orderId: string): Promise<Charge> {
    const charge = await charges.lockIfAny(tx, orderId);
    if (!charge) throw new Error(`the charge of order ${orderId} is gone`);
    return charge;
  },

  async save(tx: Tx, { orderId, status, deadline, refundedAmount }: Charge): Promise<void> {
    await tx.query(
      `update charges set status = $2, deadline = $3, refunded_amount = $4, updated_at = now()
       where order_id = $1`,
      [orderId, status, toDate(deadline), refundedAmount ?? null],
    );
  },
};

export type Charges = typeof charges;

function toDate(epochMs: number | undefined): Date | null {
  return epochMs === undefined ? null : new Date(epochMs);
}

function toCharge(row: Row): Charge {
  return {
    orderId: row.order_id,
    status: row.status,
    amount: { amount: row.amount, currency: row.currency },
    ...(row.deadline && { deadline: row.deadline.getTime() }),
    ...(row.refunded_amount !== null && { refundedAmount: row.refunded_amount }),
  };
}
