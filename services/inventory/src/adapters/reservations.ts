import type { StockLine } from '@conveyor/contracts';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Reservation } from '../domain/reservation.ts';
import type { Available, Movement } from '../domain/stock.ts';

/** What is known of an order's reservation, under lock until the transaction ends. */
export interface Held {
  readonly reservation: Reservation;
  /** Of the products asked about, if nothing has been decided for the order yet; else empty. */
  readonly available: Available;
}

export type Reservations = typeof reservations;

/** The tables `reservations` and `products`, as far as orders change them. */
export const reservations = {
  /**
   * Locks the order's row (made here if this is the first message about it), then those of the
   * products, in the order of their skus. All orders lock in this order, so none waits for
   * another that waits for it. Two groups of orders that share a transaction each may (chapter 11): then
   * one of them gives up after 300 ms, and its orders are done one by one.
   */
  async hold(tx: Tx, orderId: string, skus: readonly string[] = []): Promise<Held> {
    const { rows } = await tx.query<HeldRow>(hold, [orderId, skus]);
    const row = rows[0];
    if (!row) throw new Error(`the reservation of ${orderId} cannot be locked`);
    return {
      reservation: { status: row.status, items: row.items } as Reservation,
      available: new Map(Object.entries(row.available)),
    };
  },

  /** Writes down what became of a held reservation, and moves the stock accordingly. */
  async save(
    tx: Tx,
    orderId: string,
    reservation: Reservation,
    movements: readonly Movement[],
  ): Promise<void> {
    const items = 'items' in reservation ? reservation.items : [];
    await tx.query(save, [
      orderId,
      reservation.status,
      JSON.stringify(items),
      movements.map(({ sku }) => sku),
      movements.map(({ onHand }) => onHand),
      movements.map(({ reserved }) => reserved),
      movements.map(({ sold }) => sold),
    ]);
  },
};

interface HeldRow {
  readonly status: Reservation['status'];
  readonly items: readonly StockLine[];
  readonly available: Readonly<Record<string, number>>;
}

// The update on conflict changes nothing; it is there because it waits for, and takes, the lock on a row that
// exists. The products are joined to its result, so they cannot be locked before it.
const hold = `
  with reservation as (
    insert into reservations (order_id, status) values ($1, 'none')
    on conflict (order_id) do update set order_id = excluded.order_id
    returning status, items
  ), stock as (
    select sku, on_hand - products.reserved as available
    from products join reservation on reservation.status = 'none'
    where sku = any($2)
    order by sku for update of products
  )
  select status, items, (select coalesce(json_object_agg(sku, available), '{}') from stock) as available
  from reservation`;

// An update does not lock in any order of its own, so the rows are locked first.
const save = `
  with locked as (
    select products.sku, movement.on_hand, movement.reserved, movement.sold
    from products
    join unnest($4::text[], $5::bigint[], $6::bigint[], $7::bigint[]) as movement (sku, on_hand, reserved, sold) using (sku)
    order by products.sku for update of products
  ), moved as (
    update products set
      on_hand = products.on_hand + locked.on_hand,
      reserved = products.reserved + locked.reserved,
      sold = products.sold + locked.sold
    from locked where products.sku = locked.sku
  )
  update reservations set status = $2, items = $3, changed_at = now() where order_id = $1`;
