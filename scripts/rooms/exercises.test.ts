import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chapterFolders } from './chapter-folders.ts';

/** A runner inside a runner would report to the outer one. */
const { NODE_TEST_CONTEXT: _, ...env } = process.env;

function run(folder: string, more: NodeJS.ProcessEnv) {
  const args = ['--test', '--test-reporter=tap', join(folder, 'exercise.test.ts')];
  const { status, stdout } = spawnSync(process.execPath, args, {
    env: { ...env, ...more },
    encoding: 'utf8',
  });
  return { status, stdout };
}

for (const { number, name, folder } of chapterFolders()) {
  test(`the exercise of ${number}-${name} fails until it is done, and the solution does it`, (t) => {
    if (existsSync(join(folder, 'yours.ts')))
      t.diagnostic('yours.ts is there: what fails without it cannot be seen');
    else {
      const { status, stdout } = run(folder, {});
      assert.equal(status, 1);
      assert.match(stdout, /Write .*yours\.ts/);
    }
    const { status, stdout } = run(folder, { EXERCISE: 'solution' });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /# pass [1-9]/);
  });
}
