import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrowingPause } from './growing-pause.ts';

const never = new AbortController().signal;

async function durationMs(pause: GrowingPause): Promise<number> {
  const begin = performance.now();
  await pause.wait(never);
  // Timers may fire a millisecond early.
  return performance.now() - begin + 1;
}

test('each pause is twice as long as the one before', async () => {
  const pause = new GrowingPause(20, 1_000);
  for (const expected of [20, 40, 80]) assert.ok((await durationMs(pause)) >= expected);
});

test('no pause is longer than the longest', async () => {
  const pause = new GrowingPause(1, 4);
  for (let n = 0; n < 12; n += 1) await pause.wait(never);
  assert.ok((await durationMs(pause)) < 1_000, 'the thirteenth would be 4 s');
});

test('after a reset the next pause is a short one', async () => {
  const pause = new GrowingPause(1, 60_000);
  for (let n = 0; n < 8; n += 1) await pause.wait(never);
  pause.reset();
  assert.ok((await durationMs(pause)) < 200, 'without it 256 ms');
});

test('a pause ends with an error as soon as the signal fires', async () => {
  const stopping = new AbortController();
  const waiting = new GrowingPause(60_000, 60_000).wait(stopping.signal);
  stopping.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
});
