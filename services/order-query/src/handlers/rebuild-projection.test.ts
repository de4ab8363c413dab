import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { orderShape } from '../domain/order-document.ts';
import { createRebuild } from './rebuild-projection.ts';
import type { ShapedGeneration, ShapedGenerations } from './shaped-generation.ts';

/** What is done about these generations, which are all at the end of the log, once somebody finds them and settles them. */
const settled = (...start: readonly ShapedGeneration[]) => doneBy((rebuild) => rebuild.settle(), ...start);

async function doneBy(
  what: (rebuild: ReturnType<typeof createRebuild>) => Promise<void>,
  ...start: readonly ShapedGeneration[]
): Promise<readonly string[]> {
  const all = new Map(start.map((generation) => [generation.name, generation]));
  const done: string[] = [];
  const generations: ShapedGenerations = {
    list: async () => [...all.values()],
    async create() {
      done.push('create');
      all.set('new', { name: 'new', shape: orderShape, live: false, fed: true });
      return 'new';
    },
    fence: async (name) => void done.push(`fence ${name}`),
    feed: async (name) => void done.push(`feed ${name}`),
    takeOver: async (_next, former) => void done.push(`take over from ${former}`),
    refresh: async () => {},
    async switchTo(name) {
      done.push(`switch to ${name}`);
    },
    drop: async (name) => void done.push(`drop ${name}`),
  };
  const fail = (error: unknown) => {
    throw error;
  };
  const rebuild = createRebuild({
    generations,
    log: { ends: async () => new Map(), positions: async () => new Map() },
    lease: { take: async () => ({ renew: async () => {}, giveBack: async () => {} }) },
    onChange: async () => {},
    forget: async () => {},
    onTrouble: fail,
    onBehind: fail,
    onDone: (name) => done.push(`done: ${name}`),
  });
  await what(rebuild);
  await rebuild.stop();
  return done;
}

const half = { live: false, fed: true };

test('the first one is made when there is none, or only what another release has begun', async () => {
  const made = ['create', 'switch to new', 'done: new'];
  deepStrictEqual(await settled(), made);
  deepStrictEqual(await settled({ name: 'a', shape: orderShape + 1, ...half }), made);
});

test('one that was begun by a process that died is gone on with, the newest of our shape', async () => {
  deepStrictEqual(
    await settled(
      { name: 'a', shape: orderShape, ...half },
      { name: 'b', shape: orderShape, ...half },
      { name: 'c', shape: orderShape + 1, ...half },
    ),
    ['switch to b', 'done: b'],
  );
});

test('who wishes for a rebuild gets one from the first event on, whatever was begun', async () => {
  deepStrictEqual(await doneBy((rebuild) => rebuild.rebuild(), { name: 'a', shape: orderShape, ...half }), [
    'create',
    'switch to new',
    'done: new',
  ]);
});
