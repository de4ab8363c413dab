import type { Currency } from '@conveyor/contracts';
import type { LedgerEntry } from '@conveyor/contracts/http';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Movement } from '../domain/charge.ts';

const select = 'select id, order_id, kind, amount, currency, at from ledger';

interface Row {
  readonly id: number;
  readonly order_id: string;
  readonly kind: LedgerEntry['kind'];
  readonly amount: number;
  readonly currency: Currency;
  readonly at: Date;
}

/** The table `ledger`: every movement of money, only ever appended to. */
export const ledger = {
  async append(tx: Tx, { kind, request }: Movement): Promise<void> {
    await tx.query('insert into ledger (key, order_id, kind, amount, currency) values ($1, $2, $3, $4, $5)', [
      request.key,
      request.orderId,
      kind,
      request.amount,
      request.currency,
    ]);
  },

  /** The movements of one order, oldest first. */
  async ofOrder(tx: Tx, orderId: string): Promise<LedgerEntry[]> {
    const { rows } = await tx.query<Row>(`${select} where order_id = $1 order by id`, [orderId]);
    return rows.map(toEntry);
  },

  /** The last `limit` movements of all orders, oldest first. */
  async latest(tx: Tx, limit: number): Promise<LedgerEntry[]> {
    const { rows } = await tx.query<Row>(`${select} order by id desc limit $1`, [limit]);
    return rows.map(toEntry).reverse();
  },
};

export type Ledger = typeof ledger;

function toEntry({ id, order_id: orderId, kind, amount, currency, at }: Row): LedgerEntry {
  return { id: String(id), orderId, kind, amount, currency, at: at.toISOString() };
}
