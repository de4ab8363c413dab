import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figures } from '../../infra/bench/figures.ts';
import { type Result, report } from './report.ts';

const circumstances = {
  date: '2026-11-25',
  machine: 'a machine',
  command: 'npm run bench',
  size: { rounds: 3, orders: 97, atOnce: 5, rows: 41 },
};

const result = (ours: readonly number[]): Result => ({
  name: 'throughput',
  what: 'orders a second',
  against: 'pgbench',
  comparisons: [
    { what: 'on kafka', unit: 'orders/s', ours, theirs: [20, 20, 20], aim: { is: 'at least', ratio: 0.5 } },
  ],
});

test('every cell comes from what was measured: another figure is another cell', () => {
  const told = report([result([12, 11, 16])], circumstances);
  for (const cell of ['12 (11–16)', '0.6 (0.55–0.8)', 'at least 0.5', '| yes |', '97', '41', '3 rounds'])
    assert.ok(told.includes(cell), `${cell} is not told`);
  assert.notEqual(report([result([13, 11, 16])], circumstances), told);
});

test('what misses its aim is said to fall short', () => {
  const told = report([result([8, 8, 8])], circumstances);
  assert.match(told, /\| \*\*no\*\* \|/);
  assert.match(told, /- throughput, on kafka: 0\.4, at least 0\.5 is aimed at\./);
});

test('each figure has a name of its own', () => {
  assert.equal(new Set(figures.map(({ name }) => name)).size, figures.length);
});
