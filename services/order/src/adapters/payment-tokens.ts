import type { PaymentToken } from '@conveyor/contracts';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

/** Tokens that pay, kept apart from the events: they never travel in a message. */
export const paymentTokens = {
  async keep(tx: Tx, orderId: string, token: PaymentToken): Promise<void> {
    await tx.query('insert into payment_tokens (order_id, payment_token) values ($1, $2)', [orderId, token]);
  },

  async find(tx: Tx, orderId: string): Promise<PaymentToken | undefined> {
    const { rows } = await tx.query<{ payment_token: PaymentToken }>(
      'select payment_token from payment_tokens where order_id = $1',
      [orderId],
    );
    return rows[0]?.payment_token;
  },

  async forget(tx: Tx, orderIds: readonly string[]): Promise<void> {
    await tx.query('delete from payment_tokens where order_id = any($1)', [orderIds]);
  },
};
