import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesOf } from './batches.ts';
import { testFiles } from './test-files.ts';

test('what needs no broker shares all processors, of what needs one a few files run at a time; tests of one system share a process', () => {
  const files = ['a.test.ts', 'b.db.test.ts', 'c.broker.test.ts', 'd.system.test.ts', 'e.e2e.test.ts'];
  assert.deepEqual(batchesOf(files, 4), [
    { files: ['a.test.ts', 'b.db.test.ts'], concurrency: 4 },
    { files: ['c.broker.test.ts'], concurrency: 4 },
    { files: ['d.system.test.ts'], concurrency: 1, together: true },
    { files: ['e.e2e.test.ts'], concurrency: 1 },
  ]);
});

test('every file is in one batch', async () => {
  const files = await testFiles();
  const batched = batchesOf(files, 2).flatMap((batch) => batch.files);
  assert.deepEqual(batched.toSorted(), files.toSorted());
});
