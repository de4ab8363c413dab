import { deepStrictEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzCommandOf } from './command-line.ts';

test('takes a seed and a number of examples, and has its own for what is not given', () => {
  deepStrictEqual(fuzzCommandOf([], 7), { seed: 7, maxExamples: 50 });
  deepStrictEqual(fuzzCommandOf(['--seed', '3', '--examples', '200'], 7), { seed: 3, maxExamples: 200 });
});

for (const args of [
  ['--seed', 'x'],
  ['--seed=-1'],
  ['--examples', '0'],
  ['--examples', '1.5'],
  ['--sed', '1'],
]) {
  test(`${args.join(' ')} is told to be wrong`, () => {
    const command = fuzzCommandOf(args, 7);
    match('wrong' in command ? command.wrong : '', /\w/);
  });
}
