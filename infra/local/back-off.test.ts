import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextDelay } from './back-off.ts';

test('the first restart comes at once, almost', () => {
  assert.equal(nextDelay(0, 5), 100);
});

test('each further one waits twice as long, up to ten seconds', () => {
  const delays: number[] = [];
  for (let delay = 0; delays.length < 9; delays.push(delay)) delay = nextDelay(delay, 5);
  assert.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
});

test('a process that lived for ten seconds is forgiven', () => {
  assert.equal(nextDelay(6400, 10_000), 100);
});
