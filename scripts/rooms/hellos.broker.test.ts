import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { chapterFolders } from './chapter-folders.ts';
import { createEmptyProject, type EmptyProject } from './empty-project.fixture.ts';

const patient = { timeout: 60_000 };

let project: EmptyProject;
before(() => {
  project = createEmptyProject(chapterFolders());
});
after(() => project.remove());

for (const chapter of chapterFolders()) {
  const { number, name } = chapter;
  for (const broker of brokerNames) {
    test(`hello ${number} ${name} on ${broker} says what it does, and ends`, patient, async (t) => {
      const child = spawn(process.execPath, [join(project.folder(chapter), `hello.${broker}.ts`)], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      t.after(() => child.kill('SIGKILL'));
      let [said, complained] = ['', ''];
      child.stdout.on('data', (text) => (said += text));
      child.stderr.on('data', (text) => (complained += text));
      const [code] = await once(child, 'close');
      assert.equal(code, 0, complained);
      assert.ok(said.trim().split('\n').length >= 2, `it said only: ${said}`);
    });
  }
}
