import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionsIn } from './functions-in.ts';

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
