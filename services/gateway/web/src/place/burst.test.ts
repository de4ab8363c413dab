import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { AcceptedOrder } from '@conveyor/contracts/http';
import { Refusal } from '../api/problem.ts';
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

/** Orders as the system places them: those of `failing`, by their turn, fail as it says. */
function make(failing: Readonly<Record<number, Error>> = {}) {
  let asked = 0;
  const keys: string[] = [];
  const placed: AcceptedOrder[] = [];
  const burst = new Burst({
    place: async (_body, key) => {
      asked += 1;
      keys.push(key);
      const failure = failing[asked];
      if (failure) throw failure;
      return accepted(asked);
    },
    onPlaced: (orders) => placed.push(...orders),
  });
  return { burst, placed, keys, asked: () => asked };
}

const refused = new Refusal(422, 'sold out');
const noAnswer = new Refusal(0, 'no answer');
const unavailable = new Refusal(503, 'nothing is known of the outcome');

test('it tells how many were placed, how many refused and why, and how long they took', async () => {
  const { burst, placed } = make({ 3: refused });
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

test('what got no answer, or one that leaves it open, is unknown, and not refused', async () => {
  const { burst } = make({ 3: refused, 5: noAnswer, 7: unavailable, 8: new TypeError('cut off') });
  await burst.start(20, body);
  match(burst.view().news, /^16 of 20 placed, 1 refused, 3 unknown in /);
  match(burst.view().error ?? '', /Whether it was placed is not known/);
});

test('placed again it has the same key until it is known what became of it, and then another one', async () => {
  const { burst, keys } = make({ 1: noAnswer, 2: unavailable, 3: refused });
  for (let n = 0; n < 5; n += 1) await burst.start(1, body);
  deepStrictEqual([keys[1], keys[2]], [keys[0], keys[0]]);
  strictEqual(new Set(keys).size, 3);
});

test('of many, those that are open are repeated first; all others have keys of their own', async () => {
  const { burst, keys } = make({ 4: noAnswer, 9: unavailable });
  await burst.start(20, body);
  const open = [keys[3], keys[8]];
  await burst.start(20, body);
  deepStrictEqual(keys.slice(20, 22), open);
  strictEqual(new Set(keys).size, 38);
});

test('another order is never placed with the key of the one before', async () => {
  const { burst, keys } = make({ 1: noAnswer });
  await burst.start(1, body);
  await burst.start(1, { ...body, broker: 'rabbitmq' });
  strictEqual(new Set(keys).size, 2);
});

test('after another order in between it still has its key', async () => {
  const { burst, keys } = make({ 1: noAnswer });
  await burst.start(1, body);
  await burst.start(1, { ...body, broker: 'rabbitmq' });
  await burst.start(1, body);
  strictEqual(keys[2], keys[0]);
});
