import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { unlessInterrupted } from './unless-interrupted.ts';

test('a task that nobody interrupts is done', async () => {
  const done: string[] = [];
  await unlessInterrupted(async () => void done.push('all'));
  deepStrictEqual(done, ['all']);
});

test('a task that is interrupted tidies up behind it first, and counts as failed', async () => {
  const done: string[] = [];
  const interrupted = unlessInterrupted(async () => {
    try {
      const came = once(process, 'SIGHUP');
      process.kill(process.pid, 'SIGHUP');
      await came;
    } finally {
      done.push('tidied up');
    }
  });
  await rejects(interrupted, /Interrupted/);
  deepStrictEqual(done, ['tidied up']);
  strictEqual(process.listenerCount('SIGHUP'), 0);
});
