import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaosCommandOf } from './command-line.ts';

const asked = (...args: string[]) => chaosCommandOf(args, ['services', 'brokers', 'postgres'], '/root');

test('without a wish all faults are tried, in a size for a small machine', () => {
  assert.deepEqual(asked(), {
    seed: 1,
    size: { orders: 200, times: 2, awayMs: 15_000 },
    clients: undefined,
    faults: ['services', 'brokers', 'postgres'],
    out: '/root',
    json: undefined,
  });
});

test('--full is what is promised, with as many orders and clients as are named', () => {
  const command = asked('--full', '--orders', '500', '--clients', '20', '--seed', '7', '--json', 'x.json');
  assert.deepEqual('wrong' in command || [command.size, command.clients, command.seed, command.json], [
    { orders: 500, times: 5, awayMs: 120_000 },
    20,
    7,
    'x.json',
  ]);
});

test('several faults are tried in the order of the table', () => {
  const command = asked('--fault', 'postgres', '--fault', 'services');
  assert.deepEqual('wrong' in command || command.faults, ['services', 'postgres']);
});

for (const [args, why] of [
  [['--fault', 'brookers'], /Did you mean brokers/],
  [['--orders', 'many'], /--orders/],
  [['--clients', '0'], /--clients/],
  [['--seed', '0'], /--seed/],
  [['--speed', '1'], /speed/],
] as const) {
  test(`${args.join(' ')} is refused`, () => {
    const command = asked(...args);
    assert.match('wrong' in command ? command.wrong : '', why);
  });
}
