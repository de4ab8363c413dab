import { deepStrictEqual } from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openKept } from './kept.ts';

test('what is measured anew replaces what it was, and leaves the others', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'kept-'));
  t.after(() => rm(parent, { recursive: true }));
  const kept = await openKept<{ readonly n: number }>(join(parent, 'docs/measured'));
  await kept.put('one', { n: 1 }, new Map([['one.svg', '<svg/>']]));
  await kept.put('two', { n: 2 }, new Map());
  await kept.put('one', { n: 3 }, new Map());
  const all = await kept.all();
  deepStrictEqual(all.map(({ n }) => n).sort(), [2, 3]);
  deepStrictEqual((await readdir(join(parent, 'docs/measured'))).sort(), ['one.json', 'one.svg', 'two.json']);
});
