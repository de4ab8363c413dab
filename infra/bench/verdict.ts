import { median } from '@conveyor/testing/median';
import type { Comparison } from './figure.ts';

/** The median of some measurements, and how far they lie apart. */
export interface Middle {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function middleOf(values: readonly number[]): Middle {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** What came out of a comparison. */
export interface Verdict {
  readonly ours: Middle;
  readonly theirs: Middle;
  /** Ours over theirs, of the same round. */
  readonly ratio: Middle;
  /** Undefined where nothing is aimed at. */
  readonly isMet: boolean | undefined;
}

export function verdictOn({ ours, theirs, aim }: Comparison): Verdict {
  const ratio = middleOf(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
  const isMet = aim && (aim.is === 'at least' ? ratio.median >= aim.ratio : ratio.median <= aim.ratio);
  return { ours: middleOf(ours), theirs: middleOf(theirs), ratio, isMet };
}
