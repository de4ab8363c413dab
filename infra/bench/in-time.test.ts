import { rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { inTime } from './in-time.ts';

const never = new Promise<never>(() => {});
const { signal } = new AbortController();

test('what comes to its end is handed on, and what fails, too', async () => {
  strictEqual(await inTime(signal, 'a number', Promise.resolve(1)), 1);
  await rejects(inTime(signal, 'a number', Promise.reject(new Error('none'))), /none/);
});

test('what never ends is given up after a while, and named', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const waiting = inTime(signal, 'order 7 to be completed', never);
  t.mock.timers.tick(600_000);
  await rejects(waiting, /10 minutes still waiting for order 7 to be completed/);
});

test('who is interrupted waits no longer', async () => {
  const interrupted = new AbortController();
  const waiting = inTime(interrupted.signal, 'nothing', never);
  interrupted.abort(new Error('interrupted'));
  await rejects(waiting, /interrupted/);
  await rejects(inTime(interrupted.signal, 'nothing', never), /interrupted/);
});
