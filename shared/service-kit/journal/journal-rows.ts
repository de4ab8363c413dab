import { StringDecoder } from 'node:string_decoder';
import { type Attributes, type BrokerName, brokerNames, newMessageId } from '@conveyor/brokers';
import { isUuid } from '@conveyor/contracts';
import type { JournalEntry } from '@conveyor/contracts/messages';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

/** An entry of the flight recorder that waits in the table `journal_outbox`. */
export interface JournalRow {
  /** The order's broker, on which the entry leaves: it is there while the order moves. */
  readonly broker: BrokerName;
  readonly entry: JournalEntry;
}

/** What is told of a message, besides what its attributes say. */
export type Note = Pick<JournalEntry, 'kind' | 'service'> &
  Partial<Pick<JournalEntry, 'id' | 'consumer' | 'broker' | 'attempt' | 'detail' | 'message'>> & {
    readonly at: Date;
  };

/** The order that a message is about, and the broker on which the order lives; undefined when it belongs to none. */
export function orderOf(attributes: Attributes): { orderId: string; broker: BrokerName } | undefined {
  const { subject, saga } = attributes;
  const broker = brokerNames.find((name) => name === attributes['broker']);
  return broker && saga && subject && isUuid(subject) ? { orderId: subject, broker } : undefined;
}

/**
 * The row for what happened to the message with `attributes`, or none when it belongs to no order.
 * Nothing is promised about the attributes of a message that is being given up, and one odd entry
 * would take its whole batch to the dead letters: so they are checked and trimmed here.
 */
export function journalRows(attributes: Attributes, { at, detail, ...note }: Note): readonly JournalRow[] {
  const order = orderOf(attributes);
  if (!order) return [];
  const { type, id, causationid } = attributes;
  const entry: JournalEntry = {
    id: newMessageId(),
    orderId: order.orderId,
    at: at.toISOString(),
    ...note,
    ...(type && { type: trim(type) }),
    ...(id && { messageId: trim(id) }),
    ...(causationid && { causationId: trim(causationid) }),
    ...(detail && { detail: trim(detail) }),
  };
  return [{ broker: order.broker, entry }];
}

/** Records the new state, in words, of the order that `attributes` are about. No message led to it, but a client or the time. */
export async function recordState(
  tx: Tx,
  service: string,
  { subject = '', saga = '', broker = '' }: Attributes,
  state: string,
): Promise<void> {
  const note: Note = { kind: 'state', at: new Date(), service, detail: state };
  await appendToJournal(tx, journalRows({ subject, saga, broker }, note));
}

const textBytes = 300;

/**
 * Its whole characters within 300 bytes, so that an entry stays small. Without control characters: PostgreSQL takes
 * no NUL in a text, and in JSON each takes six bytes.
 */
function trim(text: string): string {
  const bytes = Buffer.from(text.replaceAll(/\p{Cc}/gu, '')).subarray(0, textBytes);
  return new StringDecoder('utf8').write(bytes);
}

/** Writes entries down in one statement, in the given order; no round trip when there are none. */
export async function appendToJournal(tx: Tx, rows: readonly JournalRow[]): Promise<void> {
  if (rows.length > 0) await tx.query(insertIntoJournal, journalValues(rows));
}

/** For a statement that does more at the same time; its own parameters come after {@link journalValues}. */
export const insertIntoJournal = `
  insert into journal_outbox (broker, entry)
  select broker, entry from unnest($1::text[], $2::json[]) with ordinality as given (broker, entry, position)
  order by position`;

export function journalValues(rows: readonly JournalRow[]): readonly unknown[] {
  return [rows.map(({ broker }) => broker), rows.map(({ entry }) => JSON.stringify(entry))];
}
