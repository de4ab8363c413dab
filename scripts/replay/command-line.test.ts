import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { commandOf } from './command-line.ts';

const orderId = '0193f5d0-0000-7000-8000-000000000001';

test('an order is replayed whole, or up to a version or a time', () => {
  deepStrictEqual(commandOf(['--order', orderId]), { do: 'show', orderId });
  deepStrictEqual(commandOf([`--order=${orderId.toUpperCase()}`]), { do: 'show', orderId });
  deepStrictEqual(commandOf(['--order', orderId, '--at', '3']), { do: 'show', orderId, at: { version: 3 } });
  deepStrictEqual(commandOf(['--order', orderId, '--at', '2026-11-23T15:26:59.245Z']), {
    do: 'show',
    orderId,
    at: { time: new Date('2026-11-23T15:26:59.245Z') },
  });
});

test('a time means the same in every zone, and a day begins in UTC', () => {
  for (const [at, time] of [
    ['2026-11-23T17:26+02:00', '2026-11-23T15:26:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ] as const)
    deepStrictEqual(commandOf(['--order', orderId, '--at', at]), {
      do: 'show',
      orderId,
      at: { time: new Date(time) },
    });
});

test('all orders are verified, or published again', () => {
  deepStrictEqual(commandOf(['--all', '--verify']), { do: 'verify' });
  deepStrictEqual(commandOf(['--republish']), { do: 'republish' });
});

const wrong: readonly (readonly [string, RegExp])[] = [
  ['', /One of --order/],
  [`--order ${orderId} --republish`, /One of --order/],
  ['--order mug', /--order: mug/],
  ['--order', /--order/],
  [`--order ${orderId} --at noon`, /--at: noon/],
  [`--order ${orderId} --at 0`, /--at: 0/],
  [`--order ${orderId} --at 2026-99-99`, /--at: 2026-99-99/],
  [`--order ${orderId} --at 2026-02-31`, /--at: 2026-02-31/],
  [`--order ${orderId} --at 2026-02-31T12:00:00Z`, /--at: 2026-02-31/],
  [`--order ${orderId} --at 2026-11-23T15:26:59`, /--at: 2026-11-23T15:26:59 .* zone/],
  [`--order ${orderId} --at 2026-11-23T25:00Z`, /--at: 2026-11-23T25:00Z/],
  ['--all --verify --at 3', /--at belongs to --order/],
  ['--all', /--all needs --verify/],
  ['--verify', /--verify needs --all/],
  ['--everything', /--everything/],
  ['order', /order/],
];
for (const [line, problem] of wrong) {
  test(`\`replay ${line}\` is told what is wrong, and how it is right`, () => {
    const command = commandOf(line.split(' ').filter(Boolean));
    ok('wrong' in command);
    match(command.wrong, problem);
    match(command.wrong, /Usage: npm run replay/);
  });
}
