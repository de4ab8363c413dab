import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeightedQueue } from './weighted-queue.ts';

/** A queue with so many items of each weight; an item is its weight. */
function queueOf(backlog: Readonly<Record<number, number>>): WeightedQueue<number> {
  const queue = new WeightedQueue<number>();
  fill(queue, backlog);
  return queue;
}

function fill(queue: WeightedQueue<number>, backlog: Readonly<Record<number, number>>): void {
  for (const [weight, count] of Object.entries(backlog)) {
    for (let item = 0; item < count; item++) queue.push(Number(weight), Number(weight));
  }
}

/** Takes so many, or until there are no more. */
function take(queue: WeightedQueue<number>, count = Infinity): number[] {
  const taken: number[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}

function counts(weights: readonly number[]): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(weights, String)].map(([weight, { length }]) => [weight, length]),
  );
}

test('while all have a backlog, of every 13 taken 9, 3 and 1 are of their weights', () => {
  const queue = queueOf({ 1: 50, 3: 50, 9: 90 });
  for (let round = 0; round < 10; round++) {
    assert.deepEqual(counts(take(queue, 13)), { 9: 9, 3: 3, 1: 1 });
  }
});

test('the turns of a round are mixed: the lowest does not wait for all of the highest', () => {
  assert.deepEqual(take(queueOf({ 1: 1, 3: 3, 9: 9 })), [9, 3, 1, 9, 9, 9, 3, 9, 9, 9, 3, 9, 9]);
});

test('what one has no use for goes to the others', () => {
  const queue = queueOf({ 1: 30, 3: 30 });
  assert.deepEqual(counts(take(queue, 40)), { 3: 30, 1: 10 });
  assert.deepEqual(counts(take(queue)), { 1: 20 });
  assert.equal(queue.shift(), undefined);
});

test('who was idle saves up no turns, and who was alone owes none', () => {
  const queue = queueOf({ 1: 100 });
  take(queue);
  fill(queue, { 1: 50, 9: 90 });
  assert.deepEqual(counts(take(queue, 100)), { 9: 90, 1: 10 });
  assert.deepEqual(counts(take(queue)), { 1: 40 });
  fill(queue, { 1: 50, 9: 90 });
  assert.deepEqual(counts(take(queue, 100)), { 9: 90, 1: 10 });
});

test('the lowest is taken once in 13, however many of the others keep coming', () => {
  const queue = queueOf({ 1: 50, 3: 5, 9: 5 });
  const taken = Array.from({ length: 13 * 50 }, () => {
    const [item = 0] = take(queue, 1);
    if (item > 1) queue.push(item, item);
    return item;
  });
  assert.deepEqual(counts(taken), { 9: 450, 3: 150, 1: 50 });
});

test('of one weight it is first in, first out', () => {
  const queue = new WeightedQueue<string>();
  for (const item of ['a', 'b', 'c']) queue.push(item, 1);
  queue.shift();
  queue.push('d', 1);
  assert.deepEqual([queue.shift(), queue.shift(), queue.shift(), queue.shift()], ['b', 'c', 'd', undefined]);
});
