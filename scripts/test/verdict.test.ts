import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdict } from './verdict.ts';

test('a run in which every test passed may pass', () => {
  assert.deepEqual(verdict({ success: true, counts: { tests: 3, passed: 3 } }), []);
});

test('a single test that did not pass fails the run, also one that the runner forgives', () => {
  assert.match(verdict({ success: true, counts: { tests: 3, passed: 2 } }).join(), /^1 of 3 tests/);
});

test('a failure outside the tests fails the run', () => {
  assert.equal(verdict({ success: false, counts: { tests: 3, passed: 3 } }).length, 1);
});

test('a run without tests fails', () => {
  assert.deepEqual(verdict({ success: true, counts: { tests: 0, passed: 0 } }), ['no test was run']);
});

test('a run that was cut off before its summary fails', () => {
  assert.equal(verdict(undefined).length, 1);
});
