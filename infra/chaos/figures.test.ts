import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { figuresOf, type Struck } from './figures.ts';
import type { Exchange, Load } from './load.ts';

const ending = {
  findings: { lost: [], doubled: [], differing: [], givenUp: [] },
  finalSeconds: 1,
  quietSeconds: 2,
};
const placed: Exchange = { what: 'place', n: 0, at: 1_500, tookMs: 100, outcome: 202, orderId: 'one' };

function figuresWith(strikes: readonly Struck[], exchanges: readonly Exchange[] = [placed]) {
  const orders = [{ n: 0, orderId: 'one', broker: 'kafka', acceptedAt: 1_600, endedAt: 2_000 }] as const;
  const load: Load = {
    exchanges,
    orders,
    placed: 1,
    over: Promise.resolve(),
    isOver: true,
    enough() {},
    giveUp() {},
  };
  return figuresOf(load, strikes, ending, 0);
}

const struck: Struck = { name: 'payment', at: 1, over: 3, recovery: 4 };

test('the slowest recovery counts; where one never came, or nothing was struck, there is none', () => {
  strictEqual(figuresWith([struck, { ...struck, recovery: 6 }]).recoverySeconds, 6);
  strictEqual(figuresWith([struck, { ...struck, recovery: undefined }]).recoverySeconds, undefined);
  strictEqual(figuresWith([]).recoverySeconds, undefined);
});

test('an order that was asked for once more is one order', () => {
  const repeated = { ...placed, what: 'repeat' } as const;
  const { orders, refused, acceptedMeanwhile } = figuresWith(
    [{ ...struck, seenAfter: 0.1 }],
    [placed, repeated],
  );
  deepStrictEqual([orders, refused, acceptedMeanwhile], [1, 0, 1]);
});

test('what was under way counts for each of those that answer clients: the fewer', () => {
  const under = (at: number, outcome: Exchange['outcome'] = 202): Exchange => ({ ...placed, at, outcome });
  const strikes = [
    { ...struck, name: 'gateway', at: 2 },
    { ...struck, name: 'order', at: 4 },
    { ...struck, name: 'payment', at: 6 },
  ];
  const lasting = (exchange: Exchange) => ({ ...exchange, tookMs: 1_000 });
  const seen = (...exchanges: readonly Exchange[]) => {
    const { underWay, cutInFlight } = figuresWith(strikes, exchanges.map(lasting));
    return [underWay, cutInFlight];
  };
  deepStrictEqual(seen(under(1_500), under(1_600), under(3_500)), [1, 0]);
  deepStrictEqual(seen(under(1_500), under(1_600), under(5_500)), [0, 0]);
  deepStrictEqual(seen(under(1_500), under(3_500), under(5_500, 'cut')), [1, 1]);
});
