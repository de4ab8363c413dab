import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slowest } from './slowest.ts';

const files = (count: number) => new Map(Array.from({ length: count }, (_, n) => [`${n}.test.ts`, n * 1000]));

test('the ten slowest are told, the slowest first', () => {
  const [heading, first, ...others] = slowest(files(12));
  assert.equal(heading, 'the ten slowest of 12 files:');
  assert.equal(first?.trim(), '11 s  11.test.ts');
  assert.equal(others.length, 9);
});

test('of few files none is told', () => {
  assert.deepEqual(slowest(files(10)), []);
});
