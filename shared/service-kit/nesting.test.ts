import { strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { nestsDeeperThan } from './nesting.ts';

const arrays = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

for (const [name, json, expected] of [
  ['as deep as allowed', arrays(3), false],
  ['one deeper', arrays(4), true],
  ['objects and arrays in turn', '{"a":[{"b":[]}]}', true],
  ['many beside each other', '[[[]],[[]],{},{},{}]', false],
  ['brackets in a text', '["[[[[[{{{{"]', false],
  ['brackets behind a quotation mark in a text', '["\\"[[[[", "\\\\", [[]]]', false],
  ['brackets behind a text that ends in a backslash', '["\\\\",[[[]]]]', true],
  ['no end', '[[[[', true],
] as const) {
  test(`${name}: ${expected ? 'too deep' : 'not too deep'}`, () => {
    strictEqual(nestsDeeperThan(3, json), expected);
  });
}
