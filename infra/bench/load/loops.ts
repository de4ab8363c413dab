import { setTimeout as sleep } from 'node:timers/promises';
import type { Combination } from '@conveyor/e2e/combinations';
import type { BenchSystem } from './bench-system.ts';

/** What became of a load: all of its orders were completed. */
export interface Load {
  readonly orderIds: readonly string[];
  readonly perSecond: number;
  /** When each was completed, in seconds since the start, in that order. */
  readonly completedAt: readonly number[];
}

/** Keeps `atOnce` orders under way until `count` are completed. */
export async function closedLoop(
  bench: Pick<BenchSystem, 'place' | 'completed'>,
  combination: Combination,
  count: number,
  atOnce: number,
): Promise<Load> {
  const orderIds: string[] = [];
  const completedAt: number[] = [];
  const start = performance.now();
  let next = 0;
  async function oneAfterTheOther(): Promise<void> {
    while (next < count) {
      const orderId = await bench.place(next++, combination);
      orderIds.push(orderId);
      await bench.completed(orderId);
      completedAt.push((performance.now() - start) / 1_000);
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, oneAfterTheOther));
  return { orderIds, completedAt, perSecond: count / (completedAt.at(-1) ?? Number.NaN) };
}

/** Milliseconds from when an order was due to be placed until its completion was recorded, which is a moment before its commit. */
export type Lateness = readonly number[];

/** Places `count` orders, `perSecond` of them, whatever becomes of those before. */
export async function openLoop(
  bench: Pick<BenchSystem, 'place' | 'completed' | 'completedAt'>,
  combination: Combination,
  count: number,
  perSecond: number,
  signal: AbortSignal,
): Promise<{ readonly orderIds: readonly string[]; readonly lateMs: Lateness }> {
  const start = Date.now();
  const placing = Array.from({ length: count }, async (_, n) => {
    const due = start + (n * 1_000) / perSecond;
    // The pause is the load; nothing waits for it.
    await sleep(Math.max(0, due - Date.now()), undefined, { signal });
    const orderId = await bench.place(n, combination);
    await bench.completed(orderId);
    return { orderId, due };
  });
  const placed = await Promise.all(placing);
  const orderIds = placed.map(({ orderId }) => orderId);
  const completed = await bench.completedAt(orderIds);
  return {
    orderIds,
    lateMs: placed.map(({ orderId, due }) => (completed.get(orderId) ?? Number.NaN) - due),
  };
}
