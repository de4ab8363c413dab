import { kindOf } from './test-files.ts';

/** Files that run in one way. */
export interface Batch {
  readonly files: readonly string[];
  /** How many of them run at a time, each in a process of its own. */
  readonly concurrency: number;
  /** All in one process instead, one after the other: what they start they share. */
  readonly together?: boolean;
}

/** What weighs times or shares against each other, or wants all processors for itself: beside others it would measure these, too. */
export const alone: ReadonlySet<string> = new Set([
  'infra/e2e/proofs.broker.test.ts',
  'scripts/compare/measure.broker.test.ts',
  'shared/brokers/kafka/shares.broker.test.ts',
  'shared/patterns/05-priority-queue/priority-queue.broker.test.ts',
]);

/** On one machine a test that waits for a broker leaves the processor to another one. */
const sharing = ['db', 'broker', 'component'];

/** How to run the files on so many processors; the order of what runs alike is kept. */
export function batchesOf(files: readonly string[], processors: number): readonly Batch[] {
  const ofKind = (...kinds: readonly string[]) => files.filter((file) => kinds.includes(kindOf(file)));
  const batches: readonly Batch[] = [
    { files: ofKind('unit'), concurrency: processors },
    { files: ofKind(...sharing).filter((file) => !alone.has(file)), concurrency: processors },
    { files: files.filter((file) => alone.has(file)), concurrency: 1 },
    { files: ofKind('process'), concurrency: 1 },
    { files: ofKind('system'), concurrency: 1, together: true },
    { files: ofKind('e2e'), concurrency: 1 },
  ];
  return batches.filter((batch) => batch.files.length > 0);
}
