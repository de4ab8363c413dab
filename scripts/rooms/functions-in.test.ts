import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chapterFolders } from './chapter-folders.ts';
import { functionsIn, rightVersionsIn } from './functions-in.ts';

test('functions and constants are found as they stand there, with the comment before them', () => {
  const source = [
    "import { a } from 'b';",
    'const short = 1;',
    '/** What it does. */',
    'export async function long(x: number): Promise<void> {',
    '  if (x) {',
    '  }',
    '}',
    'const right: Version = async (worker) => {',
    '  work();',
    '};',
  ].join('\n');
  assert.deepEqual(
    functionsIn(source).map(({ name, source: found }) => [name, found.split('\n').length]),
    [
      ['short', 1],
      ['long', 5],
      ['right', 3],
    ],
  );
});

test('the right version of every proof is found', () => {
  for (const { name, folder } of chapterFolders()) {
    const found = rightVersionsIn(readFileSync(join(folder, 'proof.ts'), 'utf8'));
    assert.ok(found.length > 0, name);
  }
});
