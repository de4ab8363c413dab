import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { type History, trendOf, withDepths } from './depth-history.ts';

const flowWith = (second: number, waiting: number | undefined) => ({
  at: new Date(second * 1_000).toISOString(),
  links: [],
  nodes: [{ id: 'q', kind: 'queue' as const, name: 'q', ...(waiting !== undefined && { waiting }) }],
});

/** One number a second. */
const depths = (...numbers: number[]) => numbers.map((waiting, n) => ({ at: n * 1_000, waiting }));

test('the last minute is kept, of what is measured', () => {
  let history: History = new Map();
  for (let n = 0; n < 70; n += 1) history = withDepths(history, flowWith(n, n));
  deepStrictEqual([history.get('q')?.at(0)?.waiting, history.get('q')?.at(-1)?.waiting], [9, 69]);
  deepStrictEqual(withDepths(history, flowWith(70, undefined)).size, 0);
});

test('a minute is a minute, however seldom it is answered', () => {
  let history: History = new Map();
  for (const second of [0, 30, 50, 100, 105]) history = withDepths(history, flowWith(second, second));
  deepStrictEqual(
    history.get('q')?.map(({ waiting }) => waiting),
    [50, 100, 105],
  );
});

test('it rises or falls once the change is more than a flicker', () => {
  strictEqual(trendOf(depths(0, 1, 0, 2, 1)), 'steady');
  strictEqual(trendOf(depths(0, 10, 20, 30, 40)), 'rising');
  strictEqual(trendOf(depths(400, 300, 200, 100, 0)), 'falling');
  strictEqual(trendOf(depths(1_000, 1_001, 1_002, 1_003, 1_010)), 'steady');
  strictEqual(trendOf(depths(0, 500, 40, 40, 40, 40, 40)), 'steady');
  strictEqual(trendOf([]), 'steady');
});
