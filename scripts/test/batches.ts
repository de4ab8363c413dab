import { kindOf } from './test-files.ts';

/** Files that run in one way. */
export interface Batch {
  readonly files: readonly string[];
  /** How many of them run at a time, each in a process of its own. */
  readonly concurrency: number;
  /** All in one process instead, one after the other: what they start they share. */
  readonly together?: boolean;
}

/** How to run the files on so many processors; the order of what runs alike is kept. */
export function batchesOf(files: readonly string[], processors: number): readonly Batch[] {
  const ofKind = (...kinds: readonly string[]) => files.filter((file) => kinds.includes(kindOf(file)));
  const batches: readonly Batch[] = [
    { files: ofKind('unit', 'db'), concurrency: processors },
    // A few at a time, however many processors there are: they wait for the same brokers more than they compute.
    { files: ofKind('broker', 'process', 'component'), concurrency: 4 },
    { files: ofKind('system'), concurrency: 1, together: true },
    { files: ofKind('e2e'), concurrency: 1 },
  ];
  return batches.filter((batch) => batch.files.length > 0);
}
