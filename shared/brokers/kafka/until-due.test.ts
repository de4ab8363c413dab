import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookAheadMs, nextLookIn, Patience, resumeAfter } from './until-due.ts';

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

test('a batch is waited with for a moment, and not for each of its messages', async () => {
  const patience = new Patience();
  const { signal } = new AbortController();
  await patience.wait(0, signal);
  assert.equal(patience.leftMs, lookAheadMs);
  await patience.wait(lookAheadMs - 1, signal);
  assert.equal(patience.leftMs, 1);
});
