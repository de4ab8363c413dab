import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import { keepLooking } from './keep-looking.ts';

/** Looks that end when the test says so. */
function looks(everyMs?: number) {
  const begun: { readonly signal: AbortSignal; readonly end: (goesOn: boolean) => void }[] = [];
  const kept = keepLooking((signal) => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    begun.push({ signal, end: resolve });
    return promise;
  }, everyMs);
  const end = async (goesOn = true) => {
    begun.at(-1)?.end(goesOn);
    await settled();
  };
  return { ...kept, begun, end };
}

test('who wants another look while one is under way gets one afterwards, and the first is not given up', async () => {
  const { again, begun, end } = looks();
  for (let n = 0; n < 5; n += 1) again();
  deepStrictEqual([begun.length, begun[0]?.signal.aborted], [1, false]);
  await end();
  strictEqual(begun.length, 2);
  await end();
  strictEqual(begun.length, 2);
});

test('the next look comes a while after the one before has ended, however long that takes', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { begun, end } = looks(1_000);
  t.mock.timers.tick(60_000);
  strictEqual(begun.length, 1);
  await end();
  t.mock.timers.tick(999);
  strictEqual(begun.length, 1);
  t.mock.timers.tick(1);
  strictEqual(begun.length, 2);
});

test('a look that says so is the last one, until another is wanted', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { again, begun, end } = looks(1_000);
  await end(false);
  t.mock.timers.tick(60_000);
  strictEqual(begun.length, 1);
  again();
  strictEqual(begun.length, 2);
});

test('once stopped it gives up the look that is under way, and begins none', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { again, stop, begun, end } = looks(1_000);
  again();
  stop();
  strictEqual(begun[0]?.signal.aborted, true);
  await end();
  again();
  t.mock.timers.tick(60_000);
  strictEqual(begun.length, 1);
});
