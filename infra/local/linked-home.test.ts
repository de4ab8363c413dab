import { deepStrictEqual, notStrictEqual, strictEqual } from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { linkedHome } from './linked-home.ts';

/** A folder with clones, and where the data of their stacks is. */
async function ground(t: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'conveyor-home-'));
  t.after(() => rm(dir, { recursive: true }));
  const homes = join(dir, 'homes');
  const start = async (clone: string) => {
    const stack = join(dir, clone, '.local');
    await mkdir(stack, { recursive: true });
    return linkedHome(join(stack, 'data'), homes);
  };
  const kept = (clone: string) =>
    readFile(join(dir, clone, '.local/data/orders'), 'utf8').catch(() => undefined);
  return { dir, homes, start, kept };
}

async function withOrders(t: TestContext) {
  const scene = await ground(t);
  await writeFile(join(await scene.start('shop'), 'orders'), 'many');
  return scene;
}

test('a stack finds its data again', async (t) => {
  const { start, kept } = await withOrders(t);
  await start('shop');
  strictEqual(await kept('shop'), 'many');
});

for (const meanwhile of ['another', 'shop']) {
  test(`when its clone is moved its data goes along, though one called ${meanwhile} is started before it`, async (t) => {
    const { dir, start, kept } = await withOrders(t);
    await rename(join(dir, 'shop'), join(dir, 'moved'));
    for (const clone of [meanwhile, 'moved', meanwhile]) await start(clone);
    deepStrictEqual([await kept(meanwhile), await kept('moved')], [undefined, 'many']);
  });
}

test('a copy of the clone has data of its own, and leaves that of the first alone', async (t) => {
  const { dir, start, kept } = await withOrders(t);
  await cp(join(dir, 'shop'), join(dir, 'copy'), { recursive: true, verbatimSymlinks: true });
  notStrictEqual(await start('copy'), await start('shop'));
  deepStrictEqual([await kept('copy'), await kept('shop')], [undefined, 'many']);
});

test('where the data is gone it begins anew', async (t) => {
  const { homes, start, kept } = await withOrders(t);
  await rm(homes, { recursive: true });
  await start('shop');
  strictEqual(await kept('shop'), undefined);
});

test('the data of a stack whose folder was deleted goes; of one that is not to be found, after a month', async (t) => {
  const { dir, start } = await ground(t);
  const [deleted, away, longAway] = [await start('a'), await start('b'), await start('c')];
  await rm(join(dir, 'a/.local'), { recursive: true });
  for (const clone of ['b', 'c']) await rm(join(dir, clone), { recursive: true });
  const monthAgo = new Date(Date.now() - 31 * 86_400_000);
  await utimes(join(longAway, 'origin'), monthAgo, monthAgo);
  await start('d');
  const left = (home: string) =>
    readFile(join(home, 'origin')).then(
      () => true,
      () => false,
    );
  deepStrictEqual([await left(deleted), await left(away), await left(longAway)], [false, true, false]);
});
