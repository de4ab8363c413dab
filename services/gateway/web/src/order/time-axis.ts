/** How the time of an order is laid out from top to bottom. */
export interface TimeAxis {
  /** For each given time, in their order. */
  readonly ys: readonly number[];
  readonly ticks: readonly Tick[];
  readonly bottom: number;
}

export interface Tick {
  readonly y: number;
  /** Since the start. */
  readonly ms: number;
  /** How long nothing had happened before, where that is worth saying. */
  readonly pauseMs?: number;
}

const row = 24;
const longestStretch = 44;
const pauseWorthSaying = 900;
const ticksApart = 40;

/**
 * Later is further down. What happens close together still gets a row of its own, or nobody could read it; and where nothing happens
 * for long, the axis is stretched a little only, and says so.
 */
export function timeAxis(times: readonly number[], top: number): TimeAxis {
  const start = times[0] ?? 0;
  const ys: number[] = [];
  const ticks: Tick[] = [];
  let y = top;
  for (const [n, time] of times.entries()) {
    const passed = n === 0 ? 0 : time - (times[n - 1] ?? time);
    if (n > 0) y += row + Math.min(longestStretch, 10 * Math.log10(1 + passed / 10));
    ys.push(y);
    const isPause = passed >= pauseWorthSaying;
    const last = ticks.at(-1);
    if (isPause || !last || (y - last.y >= ticksApart && time - start > last.ms))
      ticks.push({ y, ms: time - start, ...(isPause && { pauseMs: passed }) });
  }
  return { ys, ticks, bottom: y };
}
