import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alone, batchesOf } from './batches.ts';
import { testFiles } from './test-files.ts';

test('what watches no clock shares the processors, tests of one system their process, and a whole stack nothing', () => {
  const [first = ''] = alone;
  const files = ['a.test.ts', 'b.db.test.ts', 'c.broker.test.ts', first, 'd.system.test.ts', 'e.e2e.test.ts'];
  assert.deepEqual(batchesOf(files, 4), [
    { files: ['a.test.ts'], concurrency: 4 },
    { files: ['b.db.test.ts', 'c.broker.test.ts'], concurrency: 4 },
    { files: [first], concurrency: 1 },
    { files: ['d.system.test.ts'], concurrency: 1, together: true },
    { files: ['e.e2e.test.ts'], concurrency: 1 },
  ]);
});

test('every file is in one batch', async () => {
  const files = await testFiles();
  const batched = batchesOf(files, 2).flatMap((batch) => batch.files);
  assert.deepEqual(batched.toSorted(), files.toSorted());
});

test('each file that is to run alone is there', async () => {
  const files = new Set(await testFiles());
  assert.deepEqual(
    [...alone].filter((file) => !files.has(file)),
    [],
  );
});
