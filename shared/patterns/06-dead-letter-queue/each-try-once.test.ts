import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '@conveyor/brokers';
import { accountHeaders } from './account.ts';
import type { Ending } from './attempt.ts';
import { eachTryOnce } from './each-try-once.ts';

const { signal } = new AbortController();
const delivery: Delivery = {
  attributes: {},
  headers: {},
  body: Buffer.alloc(0),
  origin: { broker: 'rabbitmq', channel: 'work', address: { channel: '', key: 'work' } },
  redelivered: false,
};
const again = {
  'one that was handed out before': { ...delivery, redelivered: true },
  'one that comes for its next try': { ...delivery, headers: { [accountHeaders.attempt]: '2' } },
};

/** A try that ends as told, of a message that was `moved` before, or was not; with what was done, in order. */
async function tried(given: Delivery, ending: Ending, moved?: Ending) {
  const done: string[] = [];
  const nobody = () => Promise.reject(new Error('is not asked'));
  const attempt = eachTryOnce(
    {
      retryLater: nobody,
      setAside: nobody,
      async moveAgain() {
        done.push('looked');
        return moved;
      },
      async handled() {
        done.push('forgotten');
      },
    },
    async () => {
      done.push('tried');
      return ending;
    },
  );
  return { ending: await attempt(given, signal), done };
}

test('a message that comes for the first time costs no look', async () => {
  assert.deepEqual(await tried(delivery, 'done'), { ending: 'done', done: ['tried'] });
});

for (const [what, copy] of Object.entries(again)) {
  test(`${what} is not tried if it was moved before`, async () => {
    for (const moved of ['retried', 'given-up'] as const)
      assert.deepEqual(await tried(copy, 'done', moved), { ending: moved, done: ['looked'] });
  });

  test(`${what} is tried if it was not moved, and forgotten only once it is handled`, async () => {
    assert.deepEqual(await tried(copy, 'done'), { ending: 'done', done: ['looked', 'tried', 'forgotten'] });
    for (const ending of ['retried', 'given-up', 'held'] as const)
      assert.deepEqual(await tried(copy, ending), { ending, done: ['looked', 'tried'] });
  });
}
