import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageSetEntry, RecordBatchEntry } from 'kafkajs';
import { toDelivery, toRecord } from './message.ts';

const record = (more: Partial<RecordBatchEntry>): RecordBatchEntry => ({
  key: Buffer.from('k'),
  value: Buffer.from('{}'),
  headers: {},
  timestamp: '-1',
  attributes: 0,
  offset: '7',
  ...more,
});

test('attributes travel as ce_ headers, the ticket of a question beside them', () => {
  const { key, headers } = toRecord({
    address: { channel: 't', key: 'order-1' },
    orderingKey: 'order-1',
    attributes: { id: 'm-1', type: 'order.created' },
    headers: { why: 'because' },
    body: Buffer.from('{}'),
    reply: { replyTo: 'replies', correlationId: 'q-1' },
  });
  assert.equal(key, 'order-1');
  assert.deepEqual(headers, {
    ce_specversion: '1.0',
    ce_id: 'm-1',
    ce_type: 'order.created',
    'content-type': 'application/json',
    'reply-to': 'replies',
    'correlation-id': 'q-1',
    why: 'because',
  });
});

test('a message with an empty body is a tombstone, a record without a value', () => {
  const address = { channel: 't', key: 'order-1' };
  const { key, value } = toRecord({ address, orderingKey: 'order-1', attributes: {}, body: Buffer.alloc(0) });
  assert.deepEqual([key, value], ['order-1', null]);
});

test('a record without key, value and headers is delivered too', () => {
  const bare: MessageSetEntry = {
    key: null,
    value: null,
    timestamp: '-1',
    attributes: 0,
    offset: '7',
    size: 0,
  };
  assert.deepEqual(toDelivery('t', 2, bare), {
    attributes: {},
    headers: {},
    body: Buffer.alloc(0),
    origin: { broker: 'kafka', channel: 't', address: { channel: 't', key: '' }, position: '2:7' },
    redelivered: false,
  });
});

test('a delivery says when its record was stored', () => {
  const { origin } = toDelivery('t', 0, record({ timestamp: '1795435200000' }));
  assert.equal(origin.storedAt, Date.parse('2026-11-23T12:00:00.000Z'));
});

test('the version of CloudEvents is no attribute of the message', () => {
  const { attributes } = toDelivery('t', 0, record({ headers: { ce_specversion: '1.0', ce_id: 'm-1' } }));
  assert.deepEqual(attributes, { id: 'm-1' });
});

test('of a header that repeats the last one counts', () => {
  const { headers } = toDelivery('t', 0, record({ headers: { tag: ['one', Buffer.from('two')] } }));
  assert.deepEqual(headers, { tag: 'two' });
});
