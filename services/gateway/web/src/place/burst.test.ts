import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { AcceptedOrder } from '@conveyor/contracts/http';
import { Burst } from './burst.ts';

const body = { customerId: 'console', items: [{ sku: 'mug', quantity: 1 }] };

const accepted = (n: number): AcceptedOrder => ({
  orderId: String(n),
  status: 'pending',
  total: { amount: 950, currency: 'EUR' },
  saga: 'choreography',
  broker: 'kafka',
  correlationId: 'c',
});

function make(refused: readonly number[] = []) {
  let asked = 0;
  const placed: AcceptedOrder[] = [];
  const burst = new Burst({
    place: async () => {
      asked += 1;
      if (refused.includes(asked)) throw new Error('sold out');
      return accepted(asked);
    },
    onPlaced: (orders) => placed.push(...orders),
  });
  return { burst, placed, asked: () => asked };
}

test('it tells how many were placed, how many refused and why, and how long they took', async () => {
  const { burst, placed } = make([3]);
  const seen: boolean[] = [];
  burst.subscribe(() => seen.push(burst.view().isBusy));
  await burst.start(20, body);
  const { isBusy, news, error } = burst.view();
  match(news, /^19 of 20 placed, 1 refused in \d+\.\d s, \d+ a second$/);
  deepStrictEqual([isBusy, error], [false, 'sold out']);
  deepStrictEqual(seen, [true, false]);
  strictEqual(placed.length, 19);
});

test('of a single one there is nothing to count', async () => {
  const { burst } = make();
  await burst.start(1, body);
  deepStrictEqual(burst.view(), { isBusy: false, news: '', error: undefined });
});

test('none is begun beside another; afterwards one is again', async () => {
  const { burst, asked } = make();
  await Promise.all([burst.start(20, body), burst.start(20, body)]);
  strictEqual(asked(), 20);
  await burst.start(20, body);
  strictEqual(asked(), 40);
});

test('stopped it ends by itself, and says how far it came', async () => {
  const { burst, asked } = make();
  const ended = burst.start(1_000, body);
  burst.stop();
  await ended;
  strictEqual(asked(), 16);
  match(burst.view().news, /^16 of 1,000 placed in /);
});
