import { rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { coordinated } from './coordinated.ts';

const never = new AbortController().signal;

/** As kafkajs tells it. */
function answer(code: number): Error {
  return new Error('gave up', { cause: Object.assign(new Error('protocol'), { code }) });
}

/** Fails with these, one after the other, and then answers. */
function failing(...errors: readonly Error[]) {
  let asked = 0;
  const ask = async () => {
    const error = errors[asked++];
    if (error) throw error;
  };
  return { ask, times: () => asked };
}

test('while a group has no coordinator, or that is not ready, it is asked again', async () => {
  const notFound = Object.assign(new Error('none'), { name: 'KafkaJSGroupCoordinatorNotFound' });
  const { ask, times } = failing(answer(15), notFound, answer(14), answer(16));
  await coordinated(ask, never);
  strictEqual(times(), 5);
});

test('whatever else goes wrong is told at once', async () => {
  const { ask, times } = failing(answer(15), answer(30));
  await rejects(coordinated(ask, never), /gave up/);
  strictEqual(times(), 2);
});

test('who stops waits no longer', async () => {
  const { ask, times } = failing(answer(15), answer(15));
  await rejects(coordinated(ask, AbortSignal.abort()));
  strictEqual(times(), 1);
});
