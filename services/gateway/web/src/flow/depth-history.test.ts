import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { type History, trendOf, withDepths } from './depth-history.ts';

const flowWith = (waiting: number | undefined) => ({
  at: '',
  links: [],
  nodes: [{ id: 'q', kind: 'queue' as const, name: 'q', ...(waiting !== undefined && { waiting }) }],
});

test('the last minute is kept, of what is measured', () => {
  let history: History = new Map();
  for (let n = 0; n < 70; n += 1) history = withDepths(history, flowWith(n));
  strictEqual(history.get('q')?.length, 60);
  strictEqual(history.get('q')?.at(-1), 69);
  deepStrictEqual(withDepths(history, flowWith(undefined)).size, 0);
});

test('it rises or falls once the change is more than a flicker', () => {
  strictEqual(trendOf([0, 1, 0, 2, 1]), 'steady');
  strictEqual(trendOf([0, 10, 20, 30, 40]), 'rising');
  strictEqual(trendOf([400, 300, 200, 100, 0]), 'falling');
  strictEqual(trendOf([1_000, 1_001, 1_002, 1_003, 1_010]), 'steady');
  strictEqual(trendOf([]), 'steady');
});
