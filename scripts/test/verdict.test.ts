import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Summary, summaryLines, sumOf, verdict } from './verdict.ts';

const ended = (success: boolean, counts: Partial<Summary['counts']>): Summary => ({
  success,
  counts: { tests: 0, suites: 0, passed: 0, cancelled: 0, skipped: 0, todo: 0, ...counts },
  duration_ms: 100,
});

test('a run in which every test passed may pass', () => {
  assert.deepEqual(verdict(ended(true, { tests: 3, passed: 3 })), []);
});

test('a single test that did not pass fails the run, also one that the runner forgives', () => {
  assert.match(verdict(ended(true, { tests: 3, passed: 2 })).join(), /^1 of 3 tests/);
});

test('a failure outside the tests fails the run', () => {
  assert.equal(verdict(ended(false, { tests: 3, passed: 3 })).length, 1);
});

test('a run without tests fails', () => {
  assert.deepEqual(verdict(ended(true, {})), ['no test was run']);
});

test('a run that was cut off before its summary fails', () => {
  assert.equal(verdict(undefined).length, 1);
});

test('several runs are one, which fails and is cut off with any of them', () => {
  const [good, bad] = [
    ended(true, { tests: 2, passed: 2 }),
    ended(false, { tests: 3, passed: 1, skipped: 1 }),
  ];
  assert.deepEqual(sumOf([good, bad]), {
    ...ended(false, { tests: 5, passed: 3, skipped: 1 }),
    duration_ms: 200,
  });
  assert.equal(sumOf([good, undefined, good]), undefined);
  assert.deepEqual(verdict(sumOf([])), ['no test was run']);
});

test('what did not pass, and is nothing else, has failed', () => {
  const lines = summaryLines(ended(false, { tests: 5, passed: 1, cancelled: 1, skipped: 1, todo: 1 }));
  assert.equal(lines[3], 'fail 1');
});
