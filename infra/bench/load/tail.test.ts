import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { tail } from './tail.ts';

const aim = { is: 'at most', ratio: 1 } as const;
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

test('the 99th percentile is that of all rounds together, and not the slowest of each', () => {
  const rounds = [upTo(40), upTo(40), [...upTo(19), 1_000]];
  deepStrictEqual(tail('kafka', { ours: rounds, theirs: [upTo(200)] }, aim), {
    what: 'kafka, p99',
    unit: 'ms',
    ours: [40],
    theirs: [198],
    aim,
  });
});

test('of fewer than a hundred the slowest is told, of both sides, by its name and without an aim', () => {
  deepStrictEqual(tail('kafka', { ours: [upTo(40), upTo(59)], theirs: [upTo(200)] }, aim), {
    what: 'kafka, slowest',
    unit: 'ms',
    ours: [59],
    theirs: [200],
  });
});
