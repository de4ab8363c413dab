import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Channel } from '../domain/notification.ts';

export type Deliveries = typeof deliveries;

/** The table `deliveries`. */
export const deliveries = {
  /** Writes down that it is about to be delivered; false if it has been, however long ago. */
  async intend(tx: Tx, messageId: string, channel: Channel, orderId: string): Promise<boolean> {
    const { rowCount } = await tx.query(
      `insert into deliveries (message_id, channel, order_id) values ($1, $2, $3)
       on conflict (message_id, channel) do update set attempts = deliveries.attempts + 1
         where deliveries.delivered_at is null`,
      [messageId, channel, orderId],
    );
    return rowCount === 1;
  },

  async settle(tx: Tx, messageId: string, channel: Channel): Promise<void> {
    await tx.query('update deliveries set delivered_at = now() where message_id = $1 and channel = $2', [
      messageId,
      channel,
    ]);
  },
};
