import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from '../../infra/bench/figure.ts';
import { figures } from '../../infra/bench/figures.ts';
import { type Result, report } from './report.ts';

const figure: Figure = {
  name: 'throughput',
  what: 'orders a second',
  against: 'pgbench',
  measure: () => Promise.reject(new Error('nothing is measured here')),
};

const result = (ours: readonly number[]): Result => ({
  ...figure,
  date: '2026-11-25',
  machine: 'a machine',
  command: 'npm run bench -- --seed 5',
  size: { rounds: 3, orders: 97, inARow: 291, atOnce: 5, rows: 41 },
  comparisons: [
    { what: 'on kafka', unit: 'orders/s', ours, theirs: [20, 20, 20], aim: { is: 'at least', ratio: 0.5 } },
  ],
});

test('every cell comes from what was measured: another figure is another cell', () => {
  const told = report([figure], [result([12, 11, 16])]);
  const cells = [
    '12 (11–16)',
    '0.6 (0.55–0.8)',
    'at least 0.5',
    '| yes |',
    '97',
    '41',
    '3 rounds',
    '--seed 5',
  ];
  for (const cell of cells) assert.ok(told.includes(cell), `${cell} is not told`);
  assert.notEqual(report([figure], [result([13, 11, 16])]), told);
});

test('what misses its aim is said to fall short', () => {
  const told = report([figure], [result([8, 8, 8])]);
  assert.match(told, /\| \*\*no\*\* \|/);
  assert.match(told, /- throughput, on kafka: 0\.4, at least 0\.5 is aimed at\./);
});

test('a figure that was not measured is said not to be', () => {
  assert.match(report([figure], []), /## throughput[^#]*Not measured yet/);
});

test('nothing against nothing has no ratio', () => {
  const comparison = { what: 'waiting', unit: 'rows', ours: [0], theirs: [0] };
  const told = report([figure], [{ ...result([1]), comparisons: [comparison] }]);
  assert.match(told, /\| waiting \| rows \| 0 \| 0 \| – \| reported \|/);
});

test('each figure has a name of its own', () => {
  assert.equal(new Set(figures.map(({ name }) => name)).size, figures.length);
});
