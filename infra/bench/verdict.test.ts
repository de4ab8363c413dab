import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { middleOf, verdictOn } from './verdict.ts';

test('the median is the middle one, or half-way between both', () => {
  deepStrictEqual(middleOf([3, 1, 2]), { median: 2, least: 1, most: 3 });
  strictEqual(middleOf([4, 1, 2, 3]).median, 2.5);
});

test('a ratio is that of one round, so that a slow moment of the machine falls on both', () => {
  const comparison = { what: '', unit: '', ours: [10, 1, 10], theirs: [20, 2, 20] };
  deepStrictEqual(verdictOn(comparison).ratio, { median: 0.5, least: 0.5, most: 0.5 });
});

test('an aim is met from its ratio on, or up to it', () => {
  const comparison = { what: '', unit: '', ours: [5], theirs: [10] };
  const isMet = (is: 'at least' | 'at most', ratio: number) =>
    verdictOn({ ...comparison, aim: { is, ratio } }).isMet;
  deepStrictEqual([isMet('at least', 0.5), isMet('at least', 0.6)], [true, false]);
  deepStrictEqual([isMet('at most', 0.5), isMet('at most', 0.4)], [true, false]);
  strictEqual(verdictOn(comparison).isMet, undefined);
});
