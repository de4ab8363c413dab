import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCommandOf } from './command-line.ts';

const asked = (...args: string[]) => compareCommandOf(args, ['routing', 'cqrs'], '/root');

test('all patterns are measured, and the report replaces the one of the repository', () => {
  assert.deepEqual(asked('--messages', '100'), {
    size: { burst: 100, paced: 100, seed: 1 },
    delayMs: 500,
    patterns: ['routing', 'cqrs'],
    out: '/root',
    json: undefined,
  });
});

test('one pattern is measured for a report elsewhere', () => {
  const command = asked('--pattern', 'cqrs', '--out', '/tmp/here');
  assert.deepEqual('wrong' in command || [command.patterns, command.out], [['cqrs'], '/tmp/here']);
});

for (const [args, why] of [
  [['--pattern', 'cqrs'], /--out/],
  [['--pattern', 'cqs', '--out', 'x'], /Did you mean cqrs/],
  [['--messages', 'many'], /--messages/],
  [['--seed', '0'], /--seed/],
  [['--speed', '1'], /speed/],
] as const) {
  test(`${args.join(' ')} is refused`, () => {
    const command = asked(...args);
    assert.match('wrong' in command ? command.wrong : '', why);
  });
}
