// npm run twin -- <chapter> [--broker rabbitmq|kafka]: the wrong versions of a chapter beside the right one, and what becomes of
// both when it comes to the worst.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { chapterNamed } from './rooms/chapter-folders.ts';
import { functionsIn, rightVersionsIn } from './rooms/functions-in.ts';
import { runNode } from './rooms/run-node.ts';

const root = join(import.meta.dirname, '..');

function show(title: string, file: string, source: string, colour: 'red' | 'green'): void {
  console.log(`\n${styleText(['bold', colour], title)} (${relative(root, file)})\n`);
  for (const line of source.split('\n'))
    console.log(`  ${styleText(colour, colour === 'red' ? '-' : '+')} ${line}`);
}

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { broker: { type: 'string' } },
  allowPositionals: true,
});
const chapter = chapterNamed(positionals[0] ?? '');
if (!chapter) {
  console.error(
    'Usage: npm run twin -- <chapter, for example 12 or at-least-once> [--broker rabbitmq|kafka]',
  );
  process.exit(2);
}
const broken = join(chapter.folder, 'broken.ts');
for (const { name, source } of functionsIn(readFileSync(broken, 'utf8'))) show(name, broken, source, 'red');
const proof = join(chapter.folder, 'proof.ts');
for (const { name, source } of rightVersionsIn(readFileSync(proof, 'utf8')))
  show(`right: ${name}`, proof, source, 'green');
console.log('\nNow both, once while all goes well and once when it does not:');
const prove = [
  join(root, 'scripts/prove.ts'),
  chapter.name,
  ...(values.broker ? ['--broker', values.broker] : []),
];
process.exit(await runNode(prove));
