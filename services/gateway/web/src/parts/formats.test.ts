import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { duration } from './formats.ts';

test('a duration is rounded before it is split, so that no unit is ever full', () => {
  const said = [0, 850, 999.6, 2_300, 9_999, 59_940, 59_999, 119_700, 125_000].map(duration);
  deepStrictEqual(said, [
    '0 ms',
    '850 ms',
    '1.00 s',
    '2.30 s',
    '10.0 s',
    '59.9 s',
    '1 min 0 s',
    '2 min 0 s',
    '2 min 5 s',
  ]);
});
