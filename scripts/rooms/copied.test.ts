import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { chapterFolders } from './chapter-folders.ts';
import { codeOf, createEmptyProject, neededBy } from './empty-project.fixture.ts';

/** They run when they are loaded. */
const runsByItself = (file: string) => file.startsWith('hello.');

for (const chapter of chapterFolders()) {
  test(`${chapter.number} ${chapter.name} can be copied into another project, with brokers and what it builds on`, (t) => {
    const needed = neededBy(chapter);
    t.diagnostic(needed.map(({ number, name }) => `${number} ${name}`).join(', '));
    const project = createEmptyProject(needed);
    t.after(() => project.remove());
    const files = codeOf(chapter).filter((file) => !runsByItself(file));
    const loading = files.map(
      (file) => `await import(${JSON.stringify(join(project.folder(chapter), file))});`,
    );
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', loading.join('\n')],
      {
        cwd: project.dir,
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stderr);
  });
}
