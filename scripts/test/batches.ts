import { type Kind, kindOf } from './test-files.ts';

/** Files that run in one way. */
export interface Batch {
  readonly files: readonly string[];
  /** How many of them run at a time, each in a process of its own. */
  readonly concurrency: number;
  /** All in one process instead, one after the other: what they start they share. */
  readonly together?: boolean;
}

/** How the files of a kind run. */
interface Way {
  readonly kinds: readonly Kind[];
  readonly isAtOnce?: boolean;
  readonly together?: boolean;
}

const ways: readonly Way[] = [
  { kinds: ['unit'], isAtOnce: true },
  // One file at a time: tests that watch the clock must not starve each other on a small machine.
  { kinds: ['db', 'broker', 'process', 'component'] },
  { kinds: ['system'], together: true },
  { kinds: ['e2e'] },
];

/** How to run the files on so many processors; the order of what runs alike is kept. */
export function batchesOf(files: readonly string[], processors: number): readonly Batch[] {
  return ways
    .map(({ kinds, isAtOnce = false, together = false }) => ({
      files: files.filter((file) => kinds.includes(kindOf(file))),
      concurrency: isAtOnce ? processors : 1,
      together,
    }))
    .filter((batch) => batch.files.length > 0);
}
