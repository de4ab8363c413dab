import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { orderShape } from '../domain/order-document.ts';
import { projectionStatus } from './projection-status.ts';

test('while none is shown the newest of our shape that was begun is told of: it is the one that is gone on with', async () => {
  const positions = new Map([
    ['a', 2n],
    ['b', 7n],
    ['of another release', 9n],
  ]);
  const shapeOf = (name: string) => (name.length === 1 ? orderShape : orderShape + 1);
  const status = await projectionStatus(
    {
      list: async () =>
        [...positions.keys()].map((name) => ({ name, shape: shapeOf(name), live: false, fed: true })),
    },
    {
      ends: async () => new Map([[0, 10n]]),
      positions: async (name) => new Map([[0, positions.get(name) ?? 0n]]),
    },
    true,
  );
  const progress = { index: 'b', done: 7, total: 10 };
  deepStrictEqual(status, { state: 'rebuilding', lag: 3, index: 'b', progress });
});
