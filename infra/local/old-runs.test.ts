import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { removeOldRuns } from './old-runs.ts';

let runs: string;
before(async () => {
  runs = await mkdtemp(join(tmpdir(), 'conveyor-runs-'));
});
after(() => rm(runs, { recursive: true, force: true }));

test('folders go when their process is gone, and stay while it lives or when they name none', async () => {
  const gone = spawnSync(process.execPath, ['--version']).pid;
  const [own, parent] = [String(process.pid), `read-side-${process.ppid}`];
  for (const name of [String(gone), `read-side-${gone}`, own, parent, 'notes'])
    await mkdir(join(runs, name, 'logs'), { recursive: true });
  await removeOldRuns(runs);
  assert.deepEqual(new Set(await readdir(runs)), new Set([own, parent, 'notes']));
});

test('where nothing has run yet there is nothing to remove', () => removeOldRuns(join(runs, 'none')));
