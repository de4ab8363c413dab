import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { orderShape } from '../domain/order-document.ts';
import { followGenerations } from './follow-generations.ts';
import type { ShapedGeneration } from './shaped-generation.ts';

/** What a process does about these generations at its first look. */
async function seenBy(...all: readonly ShapedGeneration[]) {
  const fed: string[] = [];
  let settled = false;
  const followed = followGenerations({
    generations: { list: async () => all },
    settle: async () => {
      settled = true;
    },
    feed(name) {
      fed.push(name);
      return { following: true, stop: async () => {} };
    },
    onTrouble: (error) => {
      throw error;
    },
  });
  await followed.look();
  const { outrun } = followed;
  await followed.stop(0);
  return { fed, settled, outrun };
}

const live = { live: true, fed: true };
const next = { live: false, fed: true };

test('one of our shape that readers are shown is fed, and all is well', async () => {
  deepStrictEqual(await seenBy({ name: 'a', shape: orderShape, ...live }), {
    fed: ['a'],
    settled: false,
    outrun: false,
  });
});

test('one of an older shape is left to those who make it, and is due for a rebuild', async () => {
  deepStrictEqual(await seenBy({ name: 'a', shape: orderShape - 1, ...live }), {
    fed: [],
    settled: true,
    outrun: false,
  });
});

test('one of a newer shape is left as it is, and that is no fault', async () => {
  deepStrictEqual(await seenBy({ name: 'a', shape: orderShape + 1, ...live }), {
    fed: [],
    settled: false,
    outrun: true,
  });
});

test('while a newer release makes its own, the older one feeds what it has fed before', async () => {
  const all = [
    { name: 'a', shape: orderShape, ...live },
    { name: 'b', shape: orderShape + 1, ...next },
  ];
  deepStrictEqual(await seenBy(...all), { fed: ['a'], settled: true, outrun: false });
});
