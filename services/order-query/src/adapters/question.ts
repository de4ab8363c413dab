import { type FieldProblem, isUuid, type OrderStatus, orderStatuses } from '@conveyor/contracts';
import type { SearchQuery, SearchSort } from '@conveyor/contracts/http';

/** A question that has been understood. Amounts are in minor units, times by RFC 3339 in UTC. */
export interface Criteria {
  readonly text?: string;
  readonly statuses: readonly OrderStatus[];
  readonly customerId?: string;
  readonly sku?: string;
  readonly minTotal?: number;
  readonly maxTotal?: number;
  readonly from?: string;
  readonly to?: string;
  readonly sort: SearchSort;
  readonly limit: number;
  /** Begin behind the order with these values of what is sorted by. */
  readonly behind?: SortValues;
}

/** Of one order: the value that it is sorted by, and its id, which makes the order of equal ones a fixed one. */
export type SortValues = readonly [value: number, orderId: string];

/** A version of an order that a search must find. */
export interface Seen {
  readonly orderId: string;
  readonly version: number;
}

export interface Question {
  readonly criteria: Criteria;
  readonly after?: Seen;
  readonly waitMs: number;
}

/** Which field is wrong, and how. */
export type Misunderstood = { readonly wrong: Pick<FieldProblem, 'field' | 'detail'> };

/** Understands a query string whose fields have their types already. */
export function understand(query: SearchQuery): Question | Misunderstood {
  const {
    q,
    status,
    customerId,
    sku,
    minTotal,
    maxTotal,
    sort = '-createdAt',
    limit = 20,
    wait = 10,
  } = query;
  const wanted = status === undefined ? [] : status.split(',');
  const isStatus = (word: string): word is OrderStatus => orderStatuses.some((known) => known === word);
  if (!wanted.every(isStatus)) return wrong('status', `must be of ${orderStatuses.join(', ')}`);

  const from = moment(query.from, 'first');
  if (from === 'none') return wrong('from', 'must be a date, or a date and time');
  const to = moment(query.to, 'last');
  if (to === 'none') return wrong('to', 'must be a date, or a date and time');
  if (from && to && from > to) return wrong('from', 'must not be later than `to`');
  if (minTotal !== undefined && maxTotal !== undefined && minTotal > maxTotal)
    return wrong('minTotal', 'must not be above `maxTotal`');

  const behind = query.cursor === undefined ? undefined : readCursor(query.cursor, sort);
  if (behind === 'none') return wrong('cursor', 'must be the `nextCursor` of a search with the same `sort`');
  const after = query.after === undefined ? undefined : seen(query.after);
  if (after === 'none')
    return wrong('after', 'must be the id and the version of an order, with a colon between them');

  return {
    criteria: {
      ...(q !== undefined && { text: q }),
      statuses: wanted,
      ...(customerId !== undefined && { customerId }),
      ...(sku !== undefined && { sku }),
      ...(minTotal !== undefined && { minTotal }),
      ...(maxTotal !== undefined && { maxTotal }),
      ...(from && { from }),
      ...(to && { to }),
      sort,
      limit,
      ...(behind && { behind }),
    },
    ...(after && { after }),
    waitMs: wait * 1_000,
  };
}

const dateOnly = /^\d{4}-\d{2}-\d{2}$/;
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A day is meant from its first or to its last moment, in UTC. */
function moment(text: string | undefined, ofDay: 'first' | 'last'): string | undefined | 'none' {
  if (text === undefined) return undefined;
  if (!dateOnly.test(text) && !dateTime.test(text)) return 'none';
  const day = text.slice(0, 10);
  const midnight = new Date(`${day}T00:00:00.000Z`);
  // JavaScript takes the 31st of February for the 3rd of March.
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return 'none';
  const date = dateOnly.test(text)
    ? new Date(midnight.getTime() + (ofDay === 'first' ? 0 : 86_399_999))
    : new Date(text);
  // By its offset a time may lie in a year that has no four digits.
  return Number.isNaN(date.getTime()) || !/^\d{4}-/.test(date.toISOString()) ? 'none' : date.toISOString();
}

function seen(text: string): Seen | 'none' {
  const [orderId = '', version = '', ...rest] = text.toLowerCase().split(':');
  if (rest.length > 0 || !isUuid(orderId) || !/^[1-9]\d{0,8}$/.test(version)) return 'none';
  return { orderId, version: Number(version) };
}

/** Where the next page begins: behind `last`. The sort is in it, since with another one it would mean nothing. */
export function writeCursor(sort: SearchSort, last: SortValues): string {
  return Buffer.from(JSON.stringify([sort, ...last])).toString('base64url');
}

function readCursor(text: string, sort: SearchSort): SortValues | 'none' {
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return 'none';
  }
  if (!Array.isArray(read) || read.length !== 3) return 'none';
  const [ofSort, value, orderId] = read as readonly unknown[];
  if (ofSort !== sort || !Number.isFinite(value) || typeof orderId !== 'string' || !isUuid(orderId))
    return 'none';
  return [value as number, orderId];
}

function wrong(field: string, detail: string): Misunderstood {
  return { wrong: { field, detail } };
}
