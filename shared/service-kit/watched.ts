import type { WatchedBreaker } from '@conveyor/patterns/circuit-breaker/breaker';
import type { OutboxLag } from '@conveyor/patterns/transactional-outbox/outbox-lag';

/** What a service shows of itself; it grows while the service is put together. */
export interface Watched {
  /** What it needs, by name; each check rejects when it is not there. */
  readonly checks: Map<string, () => Promise<void>>;
  readonly breakers: WatchedBreaker[];
  /** Absent where nothing is sent. */
  outboxLag?: () => Promise<OutboxLag>;
}

const timeLimitMs = 2_000;

/** The answer to `ask`; rejects when there is none within 2 s. */
export async function inTime<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeLimitMs} ms`)), timeLimitMs);
  try {
    return await Promise.race([ask(), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}

/** Undefined also when the database does not tell: that it is away is said by its own check. */
export async function readLag({ outboxLag }: Watched): Promise<OutboxLag | undefined> {
  return outboxLag && inTime(outboxLag).catch(() => undefined);
}
