import { strictEqual } from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Bell } from './bell.ts';

const never = new AbortController().signal;
const longMs = 10_000;

const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;

test('however often somebody waits in vain, nothing of it is left', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [bell, { signal }] = [new Bell(), new AbortController()];
  for (let n = 0; n < 1_000; n += 1) {
    const waited = bell.wait(bell.rings, 1_000, signal);
    t.mock.timers.tick(1_000);
    await waited;
  }
  strictEqual(bell.waiting, 0);
  strictEqual(getEventListeners(signal, 'abort').length, 0);
});

test('a ring ends all waits, and neither a timer nor a listener is left of them', async () => {
  const [bell, { signal }] = [new Bell(), new AbortController()];
  const before = timers();
  const waits = [bell.wait(0, longMs, signal), bell.wait(0, longMs, signal)];
  strictEqual(bell.waiting, 2);
  bell.ring();
  await Promise.all(waits);
  strictEqual(bell.waiting, 0);
  strictEqual(getEventListeners(signal, 'abort').length, 0);
  strictEqual(timers(), before);
});

test('what was rung while somebody looked is not missed', async () => {
  const bell = new Bell();
  const { rings } = bell;
  bell.ring();
  const waited = bell.wait(rings, longMs, never);
  strictEqual(bell.waiting, 0);
  await waited;
});

test('who has gone does not wait any more, and who goes ends his wait', async () => {
  const [bell, gone] = [new Bell(), new AbortController()];
  const waited = bell.wait(bell.rings, longMs, gone.signal);
  gone.abort();
  await waited;
  await bell.wait(bell.rings, longMs, gone.signal);
  strictEqual(bell.waiting, 0);
});
