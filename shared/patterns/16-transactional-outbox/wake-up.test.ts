import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WakeUp } from './wake-up.ts';

const never = new AbortController().signal;

test('a call before the wait is not missed', async () => {
  const wakeUp = new WakeUp();
  wakeUp.call();
  wakeUp.call();
  await wakeUp.wait(60_000, never);
  assert.equal(wakeUp.called, true);
});

test('a call during the wait ends it', async () => {
  const wakeUp = new WakeUp();
  const waiting = wakeUp.wait(60_000, never);
  wakeUp.call();
  await waiting;
});

test('a call that has been forgotten wakes nobody', async () => {
  const wakeUp = new WakeUp();
  wakeUp.call();
  wakeUp.forget();
  await wakeUp.wait(1, never);
  assert.equal(wakeUp.called, false);
});

test('a signal ends the wait', async () => {
  const stopping = new AbortController();
  const waiting = new WakeUp().wait(60_000, stopping.signal);
  stopping.abort();
  await waiting;
});
