import { GrowingPause } from '@conveyor/patterns/transactional-outbox/growing-pause';

/**
 * Repeats `action`, with pauses that grow to five seconds, while it fails with errors that `isRepeated` accepts. Rejects
 * with any other, and as soon as `signal` fires.
 */
export async function untilItWorks<Result>(
  action: () => Promise<Result>,
  isRepeated: (error: unknown) => boolean,
  signal: AbortSignal,
  report: (error: unknown) => void,
): Promise<Result> {
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
