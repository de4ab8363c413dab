import type { Assignment } from './assignment.ts';
import type { OffsetTracker } from './offset-tracker.ts';

/** How long a full partition may hold up the fetching of the others. */
export const patienceMs = 200;

/**
 * How a consumer fetches whose topics have shares: little at a time, since part of it is fetched in vain. Whenever a turn
 * is over, all topics are asked again for what they have.
 */
export const sharedFetching = { maxBytesPerPartition: 64 * 1024 };

/** Waits until the partition has room, until the time `until` (as `performance.now()` has it) at most. */
export async function roomUntil(
  until: number,
  assignment: Pick<Assignment, 'over' | 'progress'>,
  tracker: OffsetTracker,
): Promise<void> {
  const leftMs = until - performance.now();
  if (leftMs <= 0) return;
  const patience = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => patience.resolve(true), leftMs);
  let spent = false;
  while (!tracker.hasRoom && !assignment.over.aborted && !spent) {
    spent = await Promise.race([patience.promise, assignment.progress.then(() => false)]);
  }
  clearTimeout(timer);
}
