import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

/** An event as the twins read it, which do not look at its version. */
export interface OrderEvent {
  readonly streamId: string;
  readonly version: number;
  readonly status: string;
}

/**
 * BUG: projection without versions. "What comes last is the newest": true until a message is delivered again, or late. Then
 * the past overwrites the present, and an order that is paid is waiting for its payment again.
 */
export async function overwrite(tx: Tx, { streamId, version, status }: OrderEvent): Promise<void> {
  await tx.query(
    `insert into documents (order_id, version, status) values ($1, $2, $3)
     on conflict (order_id) do update set version = excluded.version, status = excluded.status`,
    [streamId, version, status],
  );
}

/**
 * BUG: index without id. Each document gets an id from the store, which is what Elasticsearch does when it is given none. It
 * looks right since the order is in the document. But the first event of an order that is delivered again makes a second document.
 */
export async function indexWithoutId(tx: Tx, { streamId, version, status }: OrderEvent): Promise<void> {
  const values = [streamId, version, status];
  if (version === 1) {
    await tx.query(
      'insert into documents_without_id (order_id, version, status) values ($1, $2, $3)',
      values,
    );
    return;
  }
  await tx.query('update documents_without_id set version = $2, status = $3 where order_id = $1', values);
}
