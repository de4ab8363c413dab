import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesOf } from './batches.ts';

test('what needs nothing runs on all processors, tests of the running system together, all others alone', () => {
  const files = ['a.test.ts', 'b.db.test.ts', 'c.component.test.ts', 'd.system.test.ts', 'e.e2e.test.ts'];
  assert.deepEqual(batchesOf(files, 4), [
    { files: ['a.test.ts'], concurrency: 4, together: false },
    { files: ['b.db.test.ts', 'c.component.test.ts'], concurrency: 1, together: false },
    { files: ['d.system.test.ts'], concurrency: 1, together: true },
    { files: ['e.e2e.test.ts'], concurrency: 1, together: false },
  ]);
});

test('what is not wanted is no batch', () => {
  assert.deepEqual(
    batchesOf(['e.e2e.test.ts'], 4).map(({ files }) => files),
    [['e.e2e.test.ts']],
  );
});
