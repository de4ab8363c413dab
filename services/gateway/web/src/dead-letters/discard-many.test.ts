import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { discardMany } from './discard-many.ts';

test('page after page is discarded, and what cannot be is left', async () => {
  const waiting = new Set(Array.from({ length: 7 }, (_, n) => `letter-${n}`));
  const discarded = await discardMany({
    list: async () => [...waiting].slice(0, 3),
    discard: async (id) => id !== 'letter-4' && waiting.delete(id),
  });
  strictEqual(discarded, 6);
  deepStrictEqual([...waiting], ['letter-4']);
});

test('nothing is nothing', async () => {
  strictEqual(await discardMany({ list: async () => [], discard: async () => true }), 0);
});
