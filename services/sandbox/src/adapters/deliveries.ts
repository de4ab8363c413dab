import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

export interface Delivery {
  readonly channel: 'sms' | 'push';
  readonly key: string;
  readonly orderId: string;
  readonly to: string;
  readonly text: string;
}

/** The table `deliveries`: each key once per channel, however often it is sent. */
export const deliveries = {
  async record(tx: Tx, { channel, key, orderId, to, text }: Delivery): Promise<void> {
    await tx.query(
      `insert into deliveries (channel, key, order_id, "to", text) values ($1, $2, $3, $4, $5)
       on conflict do nothing`,
      [channel, key, orderId, to, text],
    );
  },

  /** What was delivered for one order, oldest first. */
  async ofOrder(tx: Tx, orderId: string): Promise<(Delivery & { readonly at: Date })[]> {
    const { rows } = await tx.query<Delivery & { at: Date }>(
      `select channel, key, order_id as "orderId", "to", text, at from deliveries
       where order_id = $1 order by at, channel`,
      [orderId],
    );
    return rows;
  },
};
