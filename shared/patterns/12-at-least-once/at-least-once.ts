import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, OnDelivery } from '@conveyor/brokers';
import { classify, type Failure } from '@conveyor/patterns/dead-letter-queue/failure';
import { GrowingPause } from '@conveyor/patterns/transactional-outbox/growing-pause';

export interface AtLeastOnceOptions {
  /** Must stand being repeated: it is, after any crash between its end and the acknowledgement. */
  readonly work: (delivery: Delivery, signal: AbortSignal) => Promise<void>;
  /** The pauses between the tries of a transient failure; after the last one the message is set aside. Empty: one try. */
  readonly delaysMs: readonly number[];
  /**
   * True for what must be done in the end, a compensation for example: its transient failures are not given up, the
   * last pause is repeated for ever. What can never succeed (a permanent failure) is set aside all the same.
   */
  readonly untilDone?: (delivery: Delivery) => boolean;
  /** Resolves once the message is safe elsewhere. */
  readonly setAside: (delivery: Delivery, failure: Failure) => Promise<void>;
  /** Awaited between a transient failure and the pause before try number `attempt`. Must not reject. */
  readonly beforeRetry?: (delivery: Delivery, error: unknown, attempt: number) => Promise<void>;
  /** Must not throw. */
  readonly onEvent?: (event: AtLeastOnceEvent) => void;
}

export type AtLeastOnceEvent =
  /** A transient failure: the next try, number `attempt`, follows in `delayMs`. */
  | {
      readonly kind: 'retried';
      readonly delivery: Delivery;
      readonly error: unknown;
      readonly attempt: number;
      readonly delayMs: number;
    }
  /** An infrastructure failure: repeated until it works, not counted. */
  | { readonly kind: 'repeated'; readonly delivery: Delivery; readonly error: unknown }
  | ({ readonly kind: 'set-aside'; readonly delivery: Delivery } & Failure);

/**
 * Acknowledges a message (resolves) only once its work is done or it is safe among the dead letters.
 * Until then it belongs to the broker, which hands it out again after a crash, or when this rejects:
 * that happens only when `signal` fires, which also ends every pause at once.
 *
 * The message stays in hand, and keeps its place among those in hand, while it is tried again.
 */
export function atLeastOnce(options: AtLeastOnceOptions): OnDelivery {
  const { setAside, onEvent } = options;
  return async (delivery, signal) => {
    const report = (error: unknown) => onEvent?.({ kind: 'repeated', delivery, error });
    const failure = await failureOf(options, delivery, signal, report);
    if (!failure) return;
    await untilItWorks(
      () => setAside(delivery, failure),
      () => true,
      signal,
      report,
    );
    onEvent?.({ kind: 'set-aside', delivery, ...failure });
  };
}

/** Works on the message, again after transient failures; undefined once that succeeded. */
async function failureOf(
  { work, delaysMs, untilDone, beforeRetry, onEvent }: AtLeastOnceOptions,
  delivery: Delivery,
  signal: AbortSignal,
  report: (error: unknown) => void,
): Promise<Failure | undefined> {
  const isInfrastructure = (error: unknown) => classify(error) === 'infrastructure';
  for (let attempts = 1; ; attempts += 1) {
    try {
      await untilItWorks(() => work(delivery, signal), isInfrastructure, signal, report);
      return undefined;
    } catch (error) {
      if (signal.aborted) throw error;
      if (classify(error) === 'permanent') return { reason: 'permanent', error, attempts };
      const delayMs = delaysMs[attempts - 1] ?? (untilDone?.(delivery) ? delaysMs.at(-1) : undefined);
      if (delayMs === undefined) return { reason: 'attempts-exhausted', error, attempts };
      onEvent?.({ kind: 'retried', delivery, error, attempt: attempts + 1, delayMs });
      await beforeRetry?.(delivery, error, attempts + 1);
      await sleep(delayMs, undefined, { signal });
    }
  }
}

/** Repeats `action`, with growing pauses, while it fails with errors that `isRepeated` accepts. */
async function untilItWorks(
  action: () => Promise<void>,
  isRepeated: (error: unknown) => boolean,
  signal: AbortSignal,
  report: (error: unknown) => void,
): Promise<void> {
  const pause = new GrowingPause(100, 5_000);
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (signal.aborted || !isRepeated(error)) throw error;
      report(error);
      await pause.wait(signal);
    }
  }
}
