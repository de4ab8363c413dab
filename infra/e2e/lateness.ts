import { ok } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { percentile } from '@conveyor/testing/percentile';
import { fullSize } from './full-size.ts';

/** Of a quiet machine, at the 99th percentile. */
export const promisedMs = 250;

/**
 * Tells how late, in milliseconds, what waited came. At full size it also holds it to what is promised.
 */
export function tellLateness(t: TestContext, late: ReadonlyMap<string, readonly number[]>): void {
  for (const [what, values] of late) {
    const [p50, p99, most] = [0.5, 0.99, 1].map((p) => percentile(values, p));
    t.diagnostic(`${what}, ${values.length} retries: late by p50 ${p50}, p99 ${p99}, at most ${most} ms`);
  }
  if (!fullSize) return;
  for (const [what, values] of late) ok(percentile(values, 0.99) <= promisedMs, what);
}
