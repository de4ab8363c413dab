import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { subscriptions } from './subscriptions.ts';

test('the one writer of the journal is given one message at a time, so that none waits for it with a connection', () => {
  const writers = subscriptions.filter(({ consumer }) => consumer === 'gateway.journal');
  deepStrictEqual(
    writers.map(({ concurrency }) => concurrency),
    [1],
  );
});
