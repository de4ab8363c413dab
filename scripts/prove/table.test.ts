import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { tableLines, twinsCell } from './table.ts';

test('each column is as wide as its longest cell', () => {
  const common = { failure: 'killed', invariant: 'once', right: 'holds' };
  deepStrictEqual(
    tableLines([
      { chapter: 'routing', broker: 'rabbitmq', ...common, twins: 'broken: a, b' },
      { chapter: 'cqrs', broker: 'kafka', ...common, twins: '' },
    ]),
    [
      'chapter  broker    failure  invariant  right  twins',
      'routing  rabbitmq  killed   once       holds  broken: a, b',
      'cqrs     kafka     killed   once       holds',
    ],
  );
});

test('a twin that did not break as it declares is told apart', () => {
  strictEqual(twinsCell(['a', 'b'], []), 'broken: a, b');
  strictEqual(twinsCell(['a'], ['b']), 'broken: a; WRONG: b');
  strictEqual(twinsCell([], []), '');
});
