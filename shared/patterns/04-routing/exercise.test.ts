import { deepStrictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

interface Binding {
  readonly queue: string;
  readonly pattern: string;
}

interface Answer {
  /** The queues of a topic exchange that get a message with this key: sorted, each once; or `unroutable`. */
  readonly queuesFor: (bindings: readonly Binding[], routingKey: string) => readonly string[] | 'unroutable';
}

let queuesFor: Answer['queuesFor'];
before(async () => {
  ({ queuesFor } = await answerTo<Answer>(import.meta.url));
});

const bindings = ['order.*', 'order.created', '*.created', '#', 'order.#', '#.created'].map((pattern) => ({
  queue: `takes ${pattern}`,
  pattern,
}));

function takers(routingKey: string): readonly string[] | 'unroutable' {
  const queues = queuesFor(bindings, routingKey);
  return queues === 'unroutable' ? queues : queues.map((queue) => queue.replace('takes ', ''));
}

test('a star is exactly one word, a hash any number of them', () => {
  deepStrictEqual(takers('order.created'), [
    '#',
    '#.created',
    '*.created',
    'order.#',
    'order.*',
    'order.created',
  ]);
  deepStrictEqual(takers('order.paid'), ['#', 'order.#', 'order.*']);
  deepStrictEqual(takers('product.created'), ['#', '#.created', '*.created']);
  deepStrictEqual(takers('order.item.created'), ['#', '#.created', 'order.#']);
});

test('a hash may be no word at all', () => {
  deepStrictEqual(takers('order'), ['#', 'order.#']);
  deepStrictEqual(takers('created'), ['#', '#.created']);
});

test('words are compared whole, and a dot is a dot', () => {
  deepStrictEqual(takers('orders.paid'), ['#']);
  deepStrictEqual(takers('orderxcreated'), ['#']);
  deepStrictEqual(queuesFor([{ queue: 'q', pattern: 'order.#.created' }], 'order.created'), ['q']);
});

test('a queue gets one copy, however many of its bindings match', () => {
  const twice = [
    { queue: 'b', pattern: 'order.*' },
    { queue: 'b', pattern: '*.created' },
    { queue: 'a', pattern: '#' },
  ];
  deepStrictEqual(queuesFor(twice, 'order.created'), ['a', 'b']);
});

test('what nobody is bound for is unroutable', () => {
  deepStrictEqual(queuesFor([{ queue: 'q', pattern: 'order.*' }], 'order.item.created'), 'unroutable');
  deepStrictEqual(queuesFor([], 'order.created'), 'unroutable');
});
