import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { orderShape } from '../domain/order-document.ts';
import { followGenerations } from './follow-generations.ts';
import type { ShapedGeneration } from './shaped-generation.ts';

/** What a process does about these generations at its first look. */
async function seenBy(...all: readonly ShapedGeneration[]) {
  const fed: string[] = [];
  const alone: string[] = [];
  let settled = false;
  const followed = followGenerations({
    generations: { list: async () => all },
    settle: async () => {
      settled = true;
    },
    feed(name, _isLive, isAlone) {
      fed.push(name);
      if (isAlone) alone.push(name);
      return { following: true, stop: async () => {} };
    },
    onTrouble: (error) => {
      throw error;
    },
  });
  await followed.look();
  const { outrun } = followed;
  await followed.stop(0);
  return { fed, alone, settled, outrun };
}

const live = { live: true, fed: true };
const next = { live: false, fed: true };

test('one of our shape that readers are shown is fed, and all is well', async () => {
  deepStrictEqual(await seenBy({ name: 'a', shape: orderShape, ...live }), {
    fed: ['a'],
    alone: [],
    settled: false,
    outrun: false,
  });
});

test('one of an older shape is left to those who make it, and is due for a rebuild', async () => {
  deepStrictEqual(await seenBy({ name: 'a', shape: orderShape - 1, ...live }), {
    fed: [],
    alone: [],
    settled: true,
    outrun: false,
  });
});

test('one of a newer shape is left as it is, and that is no fault', async () => {
  deepStrictEqual(await seenBy({ name: 'a', shape: orderShape + 1, ...live }), {
    fed: [],
    alone: [],
    settled: false,
    outrun: true,
  });
});

test('while a newer release makes its own, the older one feeds what it has fed before', async () => {
  const all = [
    { name: 'a', shape: orderShape, ...live },
    { name: 'b', shape: orderShape + 1, ...next },
  ];
  deepStrictEqual(await seenBy(...all), { fed: ['a'], alone: [], settled: true, outrun: false });
});

test('one that is being built stands alone unless readers are shown another that is fed here', async () => {
  const ours = { name: 'b', shape: orderShape, ...next };
  const former = { name: 'a', ...live };
  const aloneBeside = async (...others: readonly ShapedGeneration[]) =>
    (await seenBy(...others, ours)).alone.includes('b');
  strictEqual(await aloneBeside({ ...former, shape: orderShape }), false);
  strictEqual(await aloneBeside({ ...former, shape: orderShape - 1 }), true);
  // The one that readers were shown has been deleted, perhaps before all was read for it.
  strictEqual(await aloneBeside(), true);
  strictEqual(await aloneBeside({ ...ours, name: 'a' }), true);
});
