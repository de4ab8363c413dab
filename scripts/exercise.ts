// npm run exercise -- <chapter> [--solution]: runs the exercise of a chapter against the reader's yours.ts, or against the solution.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chapterNamed } from './rooms/chapter-folders.ts';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { solution: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const chapter = chapterNamed(positionals[0] ?? '');
if (!chapter) {
  console.error('Usage: npm run exercise -- <chapter, for example 12> [--solution]');
  process.exit(2);
}
const { status } = spawnSync(process.execPath, ['--test', join(chapter.folder, 'exercise.test.ts')], {
  stdio: 'inherit',
  env: { ...process.env, ...(values.solution && { EXERCISE: 'solution' }) },
});
process.exit(status ?? 1);
