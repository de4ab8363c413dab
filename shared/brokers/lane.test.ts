import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lanesOf } from './lane.ts';
import type { OutgoingMessage } from './port.ts';

const to = (orderingKey: string, channel: string, key = 'k'): OutgoingMessage => ({
  address: { channel, key },
  orderingKey,
  attributes: {},
  body: Buffer.alloc(0),
});

test('messages of one ordering key to one address share a lane, in the order of the batch', () => {
  assert.deepEqual(lanesOf([to('a', 'x'), to('b', 'x'), to('a', 'x'), to('a', 'x')]), [[0, 2, 3], [1]]);
});

test('another address is another lane', () => {
  assert.deepEqual(lanesOf([to('a', 'x'), to('a', 'y'), to('a', 'x', 'other')]), [[0], [1], [2]]);
});

test('an empty batch has no lanes', () => {
  assert.deepEqual(lanesOf([]), []);
});
