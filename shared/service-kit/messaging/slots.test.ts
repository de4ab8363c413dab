import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from './slots.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('no more than there are slots for run at once, and those that wait begin in their order', async () => {
  const slots = new Slots(2);
  const begun: number[] = [];
  const ends = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const all = ends.map(({ promise }, n) =>
    slots.use(async () => {
      begun.push(n);
      await promise;
    }),
  );
  await settled();
  deepStrictEqual(begun, [0, 1]);
  ends[1]?.resolve();
  await settled();
  deepStrictEqual(begun, [0, 1, 2]);
  for (const { resolve } of ends) resolve();
  await Promise.all(all);
  deepStrictEqual(begun, [0, 1, 2, 3]);
});

test('work that fails leaves its slot free', async () => {
  const slots = new Slots(1);
  await slots.use(() => Promise.reject(new Error('fails'))).catch(() => {});
  deepStrictEqual(await slots.use(async () => 'works'), 'works');
});
