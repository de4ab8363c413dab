import type { Flow } from '@conveyor/contracts/http';

export type History = ReadonlyMap<string, readonly number[]>;

/** From how many on it is worth a look: fewer are on their way. */
export const pile = 20;

const keep = 60;

/** The numbers of the last minute, by node. */
export function withDepths(history: History, { nodes }: Flow): History {
  return new Map(
    nodes.flatMap(({ id, waiting }) =>
      waiting === undefined ? [] : [[id, [...(history.get(id) ?? []), waiting].slice(-keep)] as const],
    ),
  );
}

/** Whether it grows, falls, or neither, over the last few seconds. */
export function trendOf(depths: readonly number[]): 'rising' | 'falling' | 'steady' {
  const last = depths.at(-1) ?? 0;
  const before = depths.at(-5) ?? depths[0] ?? 0;
  const change = last - before;
  if (Math.abs(change) < Math.max(3, before * 0.05)) return 'steady';
  return change > 0 ? 'rising' : 'falling';
}
