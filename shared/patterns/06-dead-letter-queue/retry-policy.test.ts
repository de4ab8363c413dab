import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayBefore } from './retry-policy.ts';

const attempts = [2, 3, 4, 5, 50];

test('each wait is taken once, and then the message is given up', () => {
  const policy = { delaysMs: [1_000, 5_000, 30_000], thereafter: 'dead-letter' } as const;
  assert.deepEqual(
    attempts.map((attempt) => delayBefore(policy, attempt)),
    [1_000, 5_000, 30_000, undefined, undefined],
  );
});

test('what must be done in the end is tried after the last wait again and again', () => {
  const policy = { delaysMs: [1_000, 5_000], thereafter: 'repeat-last' } as const;
  assert.deepEqual(
    attempts.map((attempt) => delayBefore(policy, attempt)),
    [1_000, 5_000, 5_000, 5_000, 5_000],
  );
});

test('without waits there is one try', () => {
  for (const thereafter of ['dead-letter', 'repeat-last'] as const)
    assert.equal(delayBefore({ delaysMs: [], thereafter }, 2), undefined);
});
