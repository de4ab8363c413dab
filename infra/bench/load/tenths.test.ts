import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { overTenths, plotsOf, type Tenth } from './tenths.ts';

const tenth = (orders: number, perSecond: number, memory: Tenth['state']['memory']): Tenth => ({
  orders,
  perSecond,
  state: { memory, outboxes: { live: orders, dead: 2 * orders }, inboxes: { live: 20 * orders, dead: 0 } },
});
const tenths = [
  tenth(100, 5, { order: 100, payment: 80 }),
  tenth(200, 10, { order: 120, payment: 80 }),
  tenth(300, 6, { order: 190, payment: 81 }),
];

/** The line of this name: the last tenth, and what it is held against. */
function compared(what: string) {
  const found = overTenths(tenths).find((each) => each.what === what);
  return [found?.ours, found?.theirs, found?.aim?.ratio];
}

test('the last tenth is held against the first, and a decline since the best one is told', () => {
  deepStrictEqual(compared('speed'), [[6], [5], 0.9]);
  deepStrictEqual(compared('speed, against the best tenth'), [[6], [10], undefined]);
});

test('the memory of all is told, and whose it is', () => {
  deepStrictEqual(compared('memory of the services'), [[271], [180], 1.2]);
  deepStrictEqual(compared('memory of order'), [[190], [100], undefined]);
  deepStrictEqual(compared('memory of payment'), [[81], [80], undefined]);
});

test('rows of the inboxes, which stay, are told for each order', () => {
  deepStrictEqual(compared('rows of the inboxes'), [[20], [20], undefined]);
});

test('speed and memory of every tenth are drawn', () => {
  const points = plotsOf(tenths).map(({ lines }) => lines[0]?.points);
  deepStrictEqual(points.slice(0, 2), [
    [
      [100, 5],
      [200, 10],
      [300, 6],
    ],
    [
      [100, 180],
      [200, 200],
      [300, 271],
    ],
  ]);
});
