import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutgoingMessage } from '../port.ts';
import { requestsOf } from './requests.ts';

const sized = (bytes: number): OutgoingMessage => ({
  address: { channel: 't', key: 'k' },
  orderingKey: 'k',
  attributes: {},
  body: Buffer.alloc(bytes),
});

const all = (messages: readonly OutgoingMessage[]) => requestsOf(messages, [...messages.keys()]);

test('what fits goes in one request', () => {
  assert.deepEqual(all([sized(1_000), sized(1_000), sized(1_000)]), [[0, 1, 2]]);
});

test('a batch that is too large is cut, in order', () => {
  assert.deepEqual(all([sized(500_000), sized(300_000), sized(200_000), sized(10)]), [
    [0, 1],
    [2, 3],
  ]);
});

test('a message that is too large by itself travels alone', () => {
  assert.deepEqual(all([sized(10), sized(2_000_000), sized(10), sized(20)]), [[0], [1], [2, 3]]);
});

test('only the given positions are sent', () => {
  assert.deepEqual(requestsOf([sized(1), sized(1), sized(1)], [0, 2]), [[0, 2]]);
});
