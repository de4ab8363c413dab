import { percentile } from '@conveyor/testing/percentile';
import type { Comparison } from '../figure.ts';

/** Of fewer values the 99th percentile would be the largest of them. */
const enough = 100;

type Rounds = readonly (readonly number[])[];

/**
 * How slow the slow ones of both sides are, in milliseconds: the 99th percentile of all rounds together. Where a side has fewer than 100
 * values it is the slowest one, which is called so and held to no aim.
 */
export function tail(
  what: string,
  sides: { readonly ours: Rounds; readonly theirs: Rounds },
  aim?: Comparison['aim'],
): Comparison {
  const [ours, theirs] = [sides.ours.flat(), sides.theirs.flat()];
  const isKnown = Math.min(ours.length, theirs.length) >= enough;
  const of = (values: readonly number[]) => [isKnown ? percentile(values, 0.99) : Math.max(...values)];
  return {
    what: `${what}, ${isKnown ? 'p99' : 'slowest'}`,
    unit: 'ms',
    ours: of(ours),
    theirs: of(theirs),
    ...(isKnown && aim && { aim }),
  };
}

/** Says the same in the words of a figure. */
export const aboutTail =
  'the p99 is of all rounds together; where they are fewer than 100 orders, the slowest is told';
