import { strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

test('nearest is who has it in his name, else who needs the fewest changes of a letter, and nobody when there are no names', () => {
  strictEqual(nearest('abe', ['xyz', 'abd', 'abcdefg']), 'abd');
  strictEqual(nearest('', ['abc', 'a']), 'a');
  strictEqual(nearest('priority', ['routing', 'priority-queue']), 'priority-queue');
  strictEqual(nearest('abc', []), undefined);
});
