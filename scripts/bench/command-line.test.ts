import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchCommandOf } from './command-line.ts';

const asked = (...args: string[]) => benchCommandOf(args, ['cost', 'throughput'], '/root');

test('all figures are measured, six rounds each, and the report replaces the one of the repository', () => {
  assert.deepEqual(asked('--orders', '20000'), {
    figures: ['cost', 'throughput'],
    size: { rounds: 6, orders: 20_000, inARow: 120_000, atOnce: 50, rows: 100_000 },
    out: '/root',
    json: undefined,
  });
});

test('some figures are measured for a report elsewhere', () => {
  const command = asked('--only', 'cost', '--out', '/tmp/here');
  assert.deepEqual('figures' in command && [command.figures, command.out], [['cost'], '/tmp/here']);
});

test('with --soak as many orders go by in a row as it takes to see what piles up', () => {
  const inARow = (...args: string[]) => {
    const command = asked(...args);
    return 'size' in command ? command.size.inARow : undefined;
  };
  assert.deepEqual([inARow('--orders', '40'), inARow('--orders', '40', '--soak')], [240, 200_000]);
});

test('the budget can be recorded anew', () => {
  assert.deepEqual(asked('--record-budget'), { recordBudget: true });
});

for (const [args, why] of [
  [['--only', 'costs', '--out', 'x'], /Did you mean cost/],
  [['--rounds', '0'], /--rounds/],
  [['--speed', '1'], /speed/],
] as const) {
  test(`${args.join(' ')} is refused`, () => {
    const command = asked(...args);
    assert.match('wrong' in command ? command.wrong : '', why);
  });
}
