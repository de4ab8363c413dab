import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Solitude } from './solitude.ts';

/** Who has entered, in that order; `leave` lets one go. */
function house(solitude = new Solitude(60_000)) {
  const inside: string[] = [];
  const leaves = new Map<string, () => void>();
  return {
    inside,
    come(name: string, alone = false): void {
      void solitude.enter(alone).then((leave) => {
        inside.push(name);
        leaves.set(name, leave);
      });
    },
    leave(name: string): void {
      leaves.get(name)?.();
      inside.splice(inside.indexOf(name), 1);
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('as long as nobody wants to be alone, all come in', async () => {
  const { come, inside } = house();
  for (const name of ['a', 'b', 'c']) come(name);
  await settled();
  assert.deepEqual(inside, ['a', 'b', 'c']);
});

test('who wants to be alone waits for all to leave, and those who come later wait for him', async () => {
  const { come, leave, inside } = house();
  come('a');
  come('b');
  await settled();
  come('alone', true);
  come('later');
  leave('a');
  await settled();
  assert.deepEqual(inside, ['b']);
  leave('b');
  await settled();
  assert.deepEqual(inside, ['alone']);
  leave('alone');
  await settled();
  assert.deepEqual(inside, ['later']);
});

test('two who want to be alone take turns', async () => {
  const { come, leave, inside } = house();
  come('one', true);
  come('two', true);
  await settled();
  assert.deepEqual(inside, ['one']);
  leave('one');
  await settled();
  assert.deepEqual(inside, ['two']);
});

test('to leave twice is to leave once', async () => {
  const solitude = new Solitude(60_000);
  const leave = await solitude.enter(false);
  leave();
  leave();
  const { come, inside } = house(solitude);
  come('a');
  await settled();
  come('alone', true);
  await settled();
  assert.deepEqual(inside, ['a']);
});

test('whoever has been inside for long without harm is in nobody’s way, and is told so', async () => {
  const solitude = new Solitude(1);
  const reprieved = Promise.withResolvers<void>();
  await solitude.enter(true, reprieved.resolve);
  await solitude.enter(true);
  await reprieved.promise;
});
