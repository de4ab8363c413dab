import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

/** The orders that stand still in a generation, because of an event that is missing or cannot be read. */
export interface StoppedOrders {
  add(generation: string, orderIds: readonly string[]): Promise<void>;
  of(generation: string): Promise<readonly string[]>;
  forget(generation: string): Promise<void>;
}

export function createStoppedOrders(database: Tx): StoppedOrders {
  return {
    async add(generation, orderIds) {
      if (orderIds.length === 0) return;
      await database.query(
        `insert into stopped_orders (generation, order_id)
         select $1, order_id from unnest($2::uuid[]) as given (order_id) on conflict do nothing`,
        [generation, orderIds],
      );
    },

    async of(generation) {
      const { rows } = await database.query<{ order_id: string }>(
        'select order_id from stopped_orders where generation = $1',
        [generation],
      );
      return rows.map(({ order_id }) => order_id);
    },

    async forget(generation) {
      await database.query('delete from stopped_orders where generation = $1', [generation]);
    },
  };
}
