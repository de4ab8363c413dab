import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { placeMany } from './place-many.ts';

test('all are done, never more than a few at once, and one that fails stops no other', async () => {
  let under = 0;
  let most = 0;
  const done: number[] = [];
  const failed: string[] = [];
  await placeMany({
    count: 20,
    atOnce: 4,
    one: async (n) => {
      under += 1;
      most = Math.max(most, under);
      await Promise.resolve();
      under -= 1;
      if (n === 7) throw new Error('seven');
      return n;
    },
    onResult: (n) => done.push(n),
    onError: (error) => failed.push(String(error)),
    signal: new AbortController().signal,
  });
  strictEqual(done.length, 19);
  deepStrictEqual(failed, ['Error: seven']);
  ok(most <= 4, `${most} at once`);
});

test('once it is to stop none is begun any more', async () => {
  const stop = new AbortController();
  let begun = 0;
  await placeMany({
    count: 100,
    atOnce: 2,
    one: async (n) => {
      begun += 1;
      if (n === 3) stop.abort();
    },
    onResult: () => {},
    onError: () => {},
    signal: stop.signal,
  });
  ok(begun <= 4, `${begun}`);
});
