import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { hrefOf, readRoute } from './route.ts';

test('an address leads back to where it was made for', () => {
  const { view, id, query } = readRoute(hrefOf('dead-letters', 'inventory.a/b', { queue: 'order.events' }));
  deepStrictEqual([view, id, query.get('queue')], ['dead-letters', 'inventory.a/b', 'order.events']);
  strictEqual(hrefOf('flow'), '#/flow');
});

test('nothing, or what is no view, is the first view', () => {
  for (const hash of ['', '#', '#/', '#/nowhere', '#nowhere/7']) strictEqual(readRoute(hash).view, 'place');
});

test('an address that cannot be decoded is taken as it is', () => {
  strictEqual(readRoute('#/orders/%E0%A4%A').id, '%E0%A4%A');
});
