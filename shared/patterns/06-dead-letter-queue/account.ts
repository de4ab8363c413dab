import { createHash } from 'node:crypto';
import type { Attributes, Delivery, Origin } from '@conveyor/brokers';
import { codeOf, type Failure } from './failure.ts';

/** A try that failed. */
export interface FailedTry {
  /** RFC 3339. */
  readonly at: string;
  /** Its code, for example `provider-timeout`; the log has the whole. */
  readonly error: string;
}

/** Headers that a message gets when it is first moved, and that go when it is redriven. */
export const accountHeaders = {
  /** The number of the try that comes next, from 2. */
  attempt: 'retry-attempt',
  /** JSON: {@link FailedTry}s, oldest first. */
  history: 'retry-history',
  /** JSON: the {@link Origin} that it was first taken from. */
  origin: 'retry-origin',
  /** A UUID, on a dead letter as all that follow. */
  id: 'dead-letter-id',
  reason: 'dead-letter-reason',
  /** `code: message`. */
  error: 'dead-letter-error',
  /** The same for the same failure at the same place of the code, whatever its message says. */
  stackHash: 'dead-letter-stack-hash',
  attempts: 'dead-letter-attempts',
  consumer: 'dead-letter-consumer',
  /** RFC 3339. */
  time: 'dead-letter-time',
} as const;

const ours: ReadonlySet<string> = new Set(Object.values(accountHeaders));

/** Of tries that are repeated for ever only the latest are kept: a header has to fit into a frame. */
const longestHistory = 20;

/** The headers that the message had when it first came. */
export function ownHeaders(headers: Attributes): Attributes {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ours.has(name) && name !== 'due'));
}

/** The number of the try that a delivery is, from 1. */
export function attemptOf({ headers }: Pick<Delivery, 'headers'>): number {
  const text = headers[accountHeaders.attempt] ?? '';
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 1;
}

/** Whether a try of this message may have failed before; also where it comes once more to the place of a try that has failed. */
export function mayHaveFailed(delivery: Pick<Delivery, 'headers' | 'redelivered'>): boolean {
  return delivery.redelivered || attemptOf(delivery) > 1;
}

/** The tries before this one, as far as they are known. */
export function historyOf({ headers }: Pick<Delivery, 'headers'>): readonly FailedTry[] {
  const history = parsed(headers[accountHeaders.history]);
  return Array.isArray(history) ? (history as FailedTry[]) : [];
}

/** Where the message was before it was moved for the first time. */
export function originOf({ headers, origin }: Pick<Delivery, 'headers' | 'origin'>): Origin {
  const first = parsed(headers[accountHeaders.origin]);
  return first && typeof first === 'object' && 'channel' in first ? (first as Origin) : origin;
}

/** What a message carries on its way to try number `attempt`, after `error`. */
export function accountOfRetry(delivery: Delivery, error: unknown, attempt: number, now: Date): Attributes {
  return {
    [accountHeaders.attempt]: String(attempt),
    [accountHeaders.history]: JSON.stringify(historyWith(delivery, error, now)),
    [accountHeaders.origin]: JSON.stringify(originOf(delivery)),
  };
}

/** What a dead letter carries. `id`: a new UUID. */
export function accountOfDeath(
  delivery: Delivery,
  { reason, error, attempts }: Failure,
  consumer: string,
  id: string,
  now: Date,
): Attributes {
  return {
    [accountHeaders.id]: id,
    [accountHeaders.reason]: reason,
    [accountHeaders.error]: describe(error),
    [accountHeaders.stackHash]: stackHash(error),
    [accountHeaders.attempts]: String(attempts),
    [accountHeaders.history]: JSON.stringify(historyWith(delivery, error, now)),
    [accountHeaders.origin]: JSON.stringify(originOf(delivery)),
    [accountHeaders.consumer]: consumer,
    [accountHeaders.time]: now.toISOString(),
  };
}

function historyWith(delivery: Delivery, error: unknown, now: Date): readonly FailedTry[] {
  const latest = { at: now.toISOString(), error: codeOf(error).slice(0, 100) };
  return [...historyOf(delivery), latest].slice(-longestHistory);
}

/** `code: message`, short enough for a header: RabbitMQ refuses a message whose headers exceed a frame. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, 1_000);
  return `${codeOf(error)}: ${error.message}`.slice(0, 1_000);
}

/** Of where it was thrown, without its message: that may name an order, and would make each failure another one. */
function stackHash(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return createHash('sha256')
    .update([codeOf(error), ...frames].join('\n'))
    .digest('hex')
    .slice(0, 16);
}

/** What a header says; undefined when it is no JSON: anybody may have written it. */
export function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? 'null');
  } catch {
    return undefined;
  }
}
