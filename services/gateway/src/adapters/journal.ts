import type { BrokerName } from '@conveyor/contracts';
import type { JournalEntry, JournalKind, RecordedMessage } from '@conveyor/contracts/messages';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Journal } from '../handlers/record-journal.ts';

/** Any number will do, as long as nobody else in this database takes the same. */
const writersLock = 5_271_834;

/** An entry as it was kept: without its own id, and the order is known to whoever asked. Its message is asked for alone. */
export type KeptEntry = Omit<JournalEntry, 'id' | 'orderId' | 'message'>;

/** The table `journal`. */
export const journal: Journal = {
  async append(tx, entries) {
    // A sequence hands out numbers before the commit. With one writer at a time no lower number becomes visible
    // after a higher one, so that whoever has read up to a number has missed nothing.
    await tx.query('select pg_advisory_xact_lock($1)', [writersLock]);
    await tx.query(insert, [
      entries.map(({ id }) => id),
      entries.map(({ orderId }) => orderId),
      entries.map(({ at }) => at),
      entries.map(({ kind }) => kind),
      entries.map(({ service }) => service),
      entries.map(({ consumer }) => consumer ?? null),
      entries.map(({ broker }) => broker ?? null),
      entries.map(({ type }) => type ?? null),
      entries.map(({ messageId }) => messageId ?? null),
      entries.map(({ causationId }) => causationId ?? null),
      entries.map(({ attempt }) => attempt ?? null),
      entries.map(({ detail }) => detail ?? null),
      entries.map(({ message }) => (message ? JSON.stringify(message) : null)),
    ]);
  },
};

const insert = `
  insert into journal
    (entry_id, order_id, at, kind, service, consumer, broker, type, message_id, causation_id, attempt, detail, message)
  select entry_id, order_id, at, kind, service, consumer, broker, type, message_id, causation_id, attempt, detail, message
  from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
              $8::text[], $9::text[], $10::text[], $11::int[], $12::text[], $13::jsonb[])
    with ordinality as given
    (entry_id, order_id, at, kind, service, consumer, broker, type, message_id, causation_id, attempt, detail, message, position)
  order by position
  on conflict (entry_id) do nothing`;

/** What is known of an order, as it happened. */
export async function entriesOf(tx: Tx, orderId: string): Promise<readonly KeptEntry[]> {
  const { rows } = await tx.query<StoredEntry>(
    `select at, kind, service, consumer, broker, type, message_id, causation_id, attempt, detail
     from journal where order_id = $1 order by at, seq`,
    [orderId],
  );
  return rows.map(toEntry);
}

/** A message of an order as it was published; undefined when that was not recorded, or is forgotten. */
export async function messageOf(
  tx: Tx,
  orderId: string,
  messageId: string,
): Promise<RecordedMessage | undefined> {
  const { rows } = await tx.query<{ readonly message: RecordedMessage }>(
    // One that went to both brokers was recorded twice.
    `select message from journal
     where order_id = $1 and message_id = $2 and message is not null order by seq limit 1`,
    [orderId, messageId],
  );
  return rows[0]?.message;
}

/** An entry with its place in the order in which entries became visible. */
export interface PlacedEntry {
  readonly seq: number;
  readonly entry: Omit<JournalEntry, 'message'>;
}

/** The place of the newest entry; 0 when there is none. */
export async function lastPlace(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from journal');
  return rows[0]?.seq ?? 0;
}

/** The entries after the place `seq`, at most `limit`, in their order. */
export async function entriesAfter(tx: Tx, seq: number, limit: number): Promise<readonly PlacedEntry[]> {
  const { rows } = await tx.query<StoredEntry & { seq: number; entry_id: string; order_id: string }>(
    `select seq, entry_id, order_id, at, kind, service, consumer, broker, type, message_id, causation_id, attempt, detail
     from journal where seq > $1 order by seq limit $2`,
    [seq, limit],
  );
  return rows.map((row) => ({
    seq: row.seq,
    entry: { id: row.entry_id, orderId: row.order_id, ...toEntry(row) },
  }));
}

/** Deletes what is older than `days`, at most `atMost` entries, and says how many. Call it again while it deletes so many. */
export async function pruneJournal(tx: Tx, days: number, atMost: number): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from journal where seq in (
       select seq from journal where recorded_at < now() - make_interval(days => $1)
       order by recorded_at limit $2 for update skip locked)`,
    [days, atMost],
  );
  return rowCount ?? 0;
}

interface StoredEntry {
  readonly at: Date;
  readonly kind: JournalKind;
  readonly service: string;
  readonly consumer: string | null;
  readonly broker: BrokerName | null;
  readonly type: string | null;
  readonly message_id: string | null;
  readonly causation_id: string | null;
  readonly attempt: number | null;
  readonly detail: string | null;
}

function toEntry(row: StoredEntry): KeptEntry {
  const { at, kind, service, consumer, broker, type, message_id, causation_id, attempt, detail } = row;
  return {
    at: at.toISOString(),
    kind,
    service,
    ...(consumer && { consumer }),
    ...(broker && { broker }),
    ...(type && { type }),
    ...(message_id && { messageId: message_id }),
    ...(causation_id && { causationId: causation_id }),
    ...(attempt && { attempt }),
    ...(detail && { detail }),
  };
}
