import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayFetching, heldUntilDue, lookAheadMs, nextLookIn, resumeAfter } from './until-due.ts';

test('a message is looked at again when it may be handled, never before', () => {
  assert.equal(nextLookIn(1_000, 400), 600);
  assert.equal(nextLookIn(1_000, 999), 1);
  assert.equal(nextLookIn(1_000, 1_000), 0);
  assert.equal(nextLookIn(1_000, 5_000), 0);
  assert.equal(nextLookIn(undefined, 5_000), 0);
});

test('a message that waits for long is looked at every minute, also beyond what a timer can count', () => {
  assert.equal(nextLookIn(60_001, 0), 60_000);
  assert.equal(nextLookIn(2 ** 40, 0), 60_000);
});

test('a partition is resumed once, unless it has been given away meanwhile', async (t) => {
  const [kept, given, lost] = [new AbortController(), new AbortController(), t.mock.fn()];
  const resume = t.mock.fn();
  await resumeAfter(5, resume, kept.signal);
  assert.equal(resume.mock.callCount(), 1);

  const waiting = resumeAfter(2_147_483_647, lost, given.signal);
  given.abort();
  await waiting; // At once, so that a consumer that stops is not held up.
  assert.equal(lost.mock.callCount(), 0);
});

test('what has been taken early is held until it is due, but not once its partition has been given away', async () => {
  const [kept, given] = [new AbortController(), new AbortController()];
  const due = Date.now() + 30;
  const held = heldUntilDue(due, kept.signal);
  for (let wait = held(); wait; wait = held()) await wait;
  assert.ok(Date.now() >= due);

  const long = heldUntilDue(Date.now() + 60_000, given.signal);
  const waiting = long();
  given.abort();
  await waiting; // At once.
  assert.equal(long(), undefined);
  assert.equal(heldUntilDue(undefined, kept.signal)(), undefined);
});

test('a message is taken before its partition may have to wait for a fetch', () => {
  assert.ok(lookAheadMs > delayFetching.maxWaitTimeInMs);
});
