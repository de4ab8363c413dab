import type { Delivery } from '@conveyor/brokers';
import { attemptOf } from '@conveyor/patterns/dead-letter-queue/account';
import type { Attempt, Ending } from '@conveyor/patterns/dead-letter-queue/attempt';
import type { Retry } from '@conveyor/patterns/dead-letter-queue/failed-messages';
import { classify, type Failure } from '@conveyor/patterns/dead-letter-queue/failure';
import { untilItWorks } from './until-it-works.ts';

export interface AtLeastOnceOptions {
  /** Must stand being repeated: it is, after any crash between its end and the acknowledgement. */
  readonly work: (delivery: Delivery, signal: AbortSignal) => Promise<void>;
  /** How long to wait after a transient failure before try number `attempt`; undefined: there is none, the message is set aside. */
  readonly delayBefore: (delivery: Delivery, attempt: number) => number | undefined;
  /** Resolves once the message is safe where it waits for its next try. */
  readonly retryLater: (delivery: Delivery, retry: Retry) => Promise<Ending>;
  /** Resolves once the message is safe among the dead letters. */
  readonly setAside: (delivery: Delivery, failure: Failure) => Promise<void>;
  /** Awaited before the message is moved to wait for its next try. Must not reject. */
  readonly beforeRetry?: (delivery: Delivery, retry: Retry) => Promise<void>;
  /** Must not throw. */
  readonly onEvent?: (event: AtLeastOnceEvent) => void;
}

export type AtLeastOnceEvent =
  /** A transient failure: the next try, number `attempt`, follows in `delayMs`. */
  | ({ readonly kind: 'retried'; readonly delivery: Delivery } & Retry)
  /** An infrastructure failure: repeated until it works, not counted. */
  | { readonly kind: 'repeated'; readonly delivery: Delivery; readonly error: unknown }
  | ({ readonly kind: 'set-aside'; readonly delivery: Delivery } & Failure);

/**
 * Acknowledges a message (resolves) only once its work is done, or it is safe elsewhere: where it waits for its next try,
 * or among the dead letters. Until then it belongs to the broker, which hands it out again after a crash, or
 * when this rejects: that happens only when `signal` fires, which also ends every pause at once.
 *
 * While what the consumer stands on is away (its database, a breaker that is open), the message stays in
 * hand: any other would fail now as well, so there is nothing to be gained by taking the next one.
 */
export function atLeastOnce(options: AtLeastOnceOptions): Attempt {
  const { work, retryLater, setAside, beforeRetry, onEvent } = options;
  return async (delivery, signal) => {
    const report = (error: unknown) => onEvent?.({ kind: 'repeated', delivery, error });
    const isInfrastructure = (error: unknown) => classify(error) === 'infrastructure';
    const always = () => true;
    try {
      await untilItWorks(() => work(delivery, signal), isInfrastructure, signal, report);
      return 'done';
    } catch (error) {
      if (signal.aborted) throw error;
      const next = nextStep(options, delivery, error);
      if ('reason' in next) {
        await untilItWorks(() => setAside(delivery, next), always, signal, report);
        onEvent?.({ kind: 'set-aside', delivery, ...next });
        return 'given-up';
      }
      await beforeRetry?.(delivery, next);
      const ending = await untilItWorks(() => retryLater(delivery, next), always, signal, report);
      onEvent?.({ kind: 'retried', delivery, ...next });
      return ending;
    }
  };
}

function nextStep({ delayBefore }: AtLeastOnceOptions, delivery: Delivery, error: unknown): Retry | Failure {
  const attempts = attemptOf(delivery);
  if (classify(error) === 'permanent') return { reason: 'permanent', error, attempts };
  const attempt = attempts + 1;
  const delayMs = delayBefore(delivery, attempt);
  if (delayMs === undefined) return { reason: 'attempts-exhausted', error, attempts };
  return { error, at: new Date(), attempt, delayMs };
}
