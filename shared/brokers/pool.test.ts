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

for (const limit of [1, 4]) {
  test(`while all shares have work, slots are dealt out in their proportion, with ${limit} at once`, async () => {
    const begun: number[] = [];
    const pool = new Pool(limit);
    const busy = work('busy', []);
    for (let slot = 0; slot < limit; slot++) pool.add({}, busy.run, 2);
    for (const share of [1, 3, 9]) {
      for (let piece = 0; piece < 90; piece++) pool.add({}, async () => void begun.push(share), share);
    }
    busy.end();
    await pool.idle();
    assert.equal(begun.length, 270);
    for (let from = 0; from < 130; from += 13) {
      const counts = Map.groupBy(begun.slice(from, from + 13), (share) => share);
      assert.deepEqual([counts.get(9)?.length, counts.get(3)?.length, counts.get(1)?.length], [9, 3, 1]);
    }
  });
}

test('a lane keeps its order, whatever the shares of its pieces', async () => {
  const begun: number[] = [];
  const pool = new Pool(2);
  const numbers = Array.from({ length: 40 }, (_, at) => at);
  for (const number of numbers) {
    pool.add('lane', async () => void begun.push(number), [1, 9, 3][number % 3]);
    pool.add({}, async () => void (await turn()), 9);
  }
  await pool.idle();
  assert.deepEqual(begun, numbers);
});

test('without shares pieces begin in the order in which they were added', async () => {
  const begun: number[] = [];
  const pool = new Pool(1);
  const numbers = Array.from({ length: 30 }, (_, at) => at);
  for (const number of numbers) pool.add({}, async () => void begun.push(number));
  await pool.idle();
  assert.deepEqual(begun, numbers);
});

test('it is not idle while a piece of any share waits', async () => {
  const pool = new Pool(1);
  const [high, low] = [work('high', []), work('low', [])];
  pool.add({}, high.run, 9);
  pool.add({}, low.run, 1);
  let idle = false;
  const waiting = pool.idle().then(() => {
    idle = true;
  });
  high.end();
  await turn();
  assert.equal(idle, false);
  low.end();
  await waiting;
});

test('a held piece keeps its lane in order, and its slot is free for others meanwhile', async () => {
  const pool = new Pool(1);
  const done: string[] = [];
  const work = (name: string) => async () => void done.push(name);
  const open = Promise.withResolvers<void>();
  let isHeld = true;
  const heldUntil = () => (isHeld ? open.promise : undefined);
  pool.add('red', work('red 1'), 1, heldUntil);
  pool.add('red', work('red 2'), 1, heldUntil);
  pool.add('blue', work('blue'));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(done, ['blue']);
  isHeld = false;
  pool.add('red', work('red 3'), 1, heldUntil);
  open.resolve();
  await pool.idle();
  assert.deepEqual(done, ['blue', 'red 1', 'red 2', 'red 3']);
});
