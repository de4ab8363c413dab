import { deepStrictEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import { clusterCheckCommandOf } from './command-line.ts';

test('takes a rate and names of services, and has its own for what is not given', () => {
  deepStrictEqual(clusterCheckCommandOf([]), { rate: 1, services: [] });
  deepStrictEqual(clusterCheckCommandOf(['kafka', '--rate', '0.3', 'payment']), {
    rate: 0.3,
    services: ['kafka', 'payment'],
  });
});

for (const args of [['--rate', 'x'], ['--rate', ''], ['--rate', '0'], ['--rate=-1'], ['--rat', '1']]) {
  test(`${args.join(' ')} is told to be wrong`, () => {
    const command = clusterCheckCommandOf(args);
    match('wrong' in command ? command.wrong : '', /--rat/);
  });
}
