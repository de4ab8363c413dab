import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool } from './pool.ts';

/** Work that says when it begins and ends when told to. */
function work(name: string, log: string[]) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = async () => {
    log.push(name);
    await promise;
  };
  return { run, end: resolve };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('no more pieces run at once than the limit', async () => {
  const begun: string[] = [];
  const pool = new Pool(2);
  const [a, b, c] = ['a', 'b', 'c'].map((name) => work(name, begun));
  for (const piece of [a, b, c]) pool.add(String(Math.random()), piece?.run ?? (async () => {}));
  assert.deepEqual(begun, ['a', 'b']);
  a?.end();
  await turn();
  assert.deepEqual(begun, ['a', 'b', 'c']);
});

test('pieces of one lane run one after another, and a slow lane does not hold up others', async () => {
  const begun: string[] = [];
  const pool = new Pool(3);
  const [slow, follower, other] = ['slow', 'follower', 'other'].map((name) => work(name, begun));
  pool.add('lane', slow?.run ?? (async () => {}));
  pool.add('lane', follower?.run ?? (async () => {}));
  pool.add('other lane', other?.run ?? (async () => {}));
  assert.deepEqual(begun, ['slow', 'other']);
  slow?.end();
  await turn();
  assert.deepEqual(begun, ['slow', 'other', 'follower']);
});

test('it is idle once nothing runs or waits', async () => {
  const begun: string[] = [];
  const pool = new Pool(1);
  await pool.idle();
  const [a, b] = [work('a', begun), work('b', begun)];
  pool.add('lane', a.run);
  pool.add('lane', b.run);
  let idle = false;
  const waiting = pool.idle().then(() => {
    idle = true;
  });
  a.end();
  await turn();
  assert.equal(idle, false);
  b.end();
  await waiting;
});
