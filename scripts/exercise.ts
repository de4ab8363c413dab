// npm run exercise -- <chapter> [--solution]: runs the exercise of a chapter against the reader's yours.ts, or against the solution.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chapterNamed } from './rooms/chapter-folders.ts';
import { runNode } from './rooms/run-node.ts';

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
const env = { ...process.env, ...(values.solution && { EXERCISE: 'solution' }) };
// Without --test: a runner would leave the process of its file behind when it is ended.
process.exit(await runNode([join(chapter.folder, 'exercise.test.ts')], env));
