import type { Flow } from '@conveyor/contracts/http';

/** How many waited at a time, in milliseconds. */
export interface Depth {
  readonly at: number;
  readonly waiting: number;
}

export type History = ReadonlyMap<string, readonly Depth[]>;

/** From how many on it is worth a look: fewer are on their way. */
export const pile = 20;

export const keptMs = 60_000;
const trendMs = 4_000;

/** The numbers of the last minute, by node. */
export function withDepths(history: History, { at: moment, nodes }: Flow): History {
  const at = Date.parse(moment);
  return new Map(
    nodes.flatMap(({ id, waiting }) => {
      if (waiting === undefined) return [];
      const kept = (history.get(id) ?? []).filter((depth) => at - depth.at <= keptMs);
      return [[id, [...kept, { at, waiting }]] as const];
    }),
  );
}

/** Whether it grows, falls, or neither, over the last few seconds. */
export function trendOf(depths: readonly Depth[]): 'rising' | 'falling' | 'steady' {
  const last = depths.at(-1);
  if (!last) return 'steady';
  const before = (depths.findLast(({ at }) => last.at - at >= trendMs) ?? depths[0] ?? last).waiting;
  const change = last.waiting - before;
  if (Math.abs(change) < Math.max(3, before * 0.05)) return 'steady';
  return change > 0 ? 'rising' : 'falling';
}
