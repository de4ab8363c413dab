import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runTool } from '../tool.ts';
import { plantedChapter, plantedService, plantedTree } from './planted-tree.ts';

const deadFile = `${plantedService}/src/planted-dead.ts`;
const deadExport = 'shared/service-kit/planted-dead.ts';
const chapterFile = `${plantedChapter}/planted-alive.ts`;

let tree: Awaited<ReturnType<typeof plantedTree>>;
let output: string;

before(async () => {
  const source = 'export const planted = 1;\n';
  tree = await plantedTree([deadFile, deadExport, chapterFile].map((file) => ({ file, source })));
  ({ output } = await runTool('knip', ['--no-config-hints', '--reporter', 'compact'], tree.dir));
});
after(() => tree.remove());

/** Whether a line of the report names the file, and in it what `names` says. */
const reported = (file: string, names = '') =>
  output.split('\n').some((line) => line.startsWith(`${file}:`) && line.includes(names));

test('a file that nothing imports is reported', () => {
  assert.ok(reported(deadFile));
});

test('an export of a shared package that nothing imports is reported', () => {
  assert.ok(reported(deadExport, 'planted'));
});

test('a chapter is there to be read and copied: not reported, used or not', () => {
  assert.ok(!reported(chapterFile));
});
