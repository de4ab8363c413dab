import { createHash } from 'node:crypto';
import { isReadable, type RecordedEvent, type UnreadableStored } from './recorded-event.ts';

/** Where log and event store do not say the same of an order. */
export interface Difference {
  readonly orderId: string;
  /** In words, with the version of the event that it is about. */
  readonly what: string;
}

/** What the event store has of an order. */
export interface StoredOrder {
  readonly orderId: string;
  /** The number of events that it should have. */
  readonly version: number;
  readonly events: readonly (RecordedEvent | UnreadableStored)[];
  /** Versions of events that are still in the outbox: they are on their way to the log. */
  readonly onTheirWay: ReadonlySet<number>;
}

/** What differs within an order, by version. `logged` is what the log has of it, perhaps more than once. */
export function differencesOf(stored: StoredOrder, logged: readonly RecordedEvent[]): readonly Difference[] {
  const due = Array.from({ length: stored.version }, (_, index) => index + 1);
  // Not all up to the highest: an odd message may claim any.
  const versions = new Set([...due, ...[...stored.events, ...logged].map(({ version }) => version)]);
  const byVersion = Map.groupBy(logged, ({ version }) => version);
  const storedAt = new Map(stored.events.map((event) => [event.version, event]));
  return [...versions]
    .sort((a, b) => a - b)
    .flatMap((version) => {
      const [event, copies = []] = [storedAt.get(version), byVersion.get(version)];
      if (!event) return [missing(version, copies.length > 0)];
      if (!isReadable(event)) return [unreadable(event)];
      if (copies.length === 0) return stored.onTheirWay.has(version) ? [] : [notLogged(event)];
      return copies.flatMap((copy) => fieldsOf(event, copy));
    })
    .map((what) => ({ orderId: stored.orderId, what }));
}

function missing(version: number, isLogged: boolean): string {
  return `version ${version} is missing in the event store${isLogged ? '' : ', and in the log'}`;
}

function unreadable({ version, unreadable: why }: UnreadableStored): string {
  return `version ${version} cannot be read in the event store: ${why}`;
}

function notLogged({ version, type }: RecordedEvent): string {
  return `version ${version} (${type}) is missing in the log`;
}

function fieldsOf(stored: RecordedEvent, logged: RecordedEvent): readonly string[] {
  const fields = differingFields(comparable(stored, logged), comparable(logged, stored));
  return fields.map(
    ({ path, one, other }) =>
      `version ${stored.version} (${stored.type}) differs in ${path}: ${one} in the event store, ${other} in the log`,
  );
}

/** Times count only if both have the same clock. */
function comparable({ type, data, time }: RecordedEvent, other: RecordedEvent): object {
  return { type, data, ...(time !== undefined && other.time !== undefined && { time }) };
}

export interface DifferingField {
  /** For example `data.items[0].quantity`. */
  readonly path: string;
  readonly one: string;
  readonly other: string;
}

/** The fields in which two JSON values differ, as deep as possible. Values are cut, since they go into one line. */
export function differingFields(one: unknown, other: unknown, path = ''): readonly DifferingField[] {
  if (isNode(one) && isNode(other) && Array.isArray(one) === Array.isArray(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].flatMap((name) => {
      const inner = Array.isArray(one) ? `${path}[${name}]` : [path, name].filter(Boolean).join('.');
      return differingFields(one[name], other[name], inner);
    });
  }
  return one === other ? [] : [{ path, one: shown(one), other: shown(other) }];
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * A number that is the same for events that say the same: 48 bits of a hash, so that all orders of a big log fit into
 * memory. It does not hold the time of events that have none of their own.
 */
export function fingerprint({ version, type, time, data }: RecordedEvent): number {
  const text = JSON.stringify([version, type, time ?? null, sorted(data)]);
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}

/** With its names in one order: PostgreSQL keeps them in another than they were written in. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isNode(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
