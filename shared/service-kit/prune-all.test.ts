import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { pruneAll } from './prune-all.ts';

test('rows are pruned a bounded number at a time, until fewer are left than would be taken', async () => {
  let left = 25_000;
  const pruned: number[] = [];
  await pruneAll(async (atMost) => {
    const count = Math.min(left, atMost);
    left -= count;
    pruned.push(count);
    return count;
  });
  deepStrictEqual(pruned, [10_000, 10_000, 5_000]);
});
