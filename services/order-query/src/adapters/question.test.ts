import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchQuery } from '@conveyor/contracts/http';
import { understand, writeCursor } from './question.ts';

const orderId = '01a20904-7eac-7268-904f-5f9ad584cdb0';

function criteria(query: SearchQuery) {
  const question = understand(query);
  ok('criteria' in question, JSON.stringify(question));
  return question.criteria;
}

test('without anything asked, all orders come, the newest first', () => {
  deepStrictEqual(criteria({}), { statuses: [], sort: '-createdAt', limit: 20 });
});

test('several statuses may be asked for', () => {
  deepStrictEqual(criteria({ status: 'paid,completed' }).statuses, ['paid', 'completed']);
});

test('a day is meant from its first moment, or to its last', () => {
  const { from, to } = criteria({ from: '2026-11-25', to: '2026-11-25' });
  deepStrictEqual([from, to], ['2026-11-25T00:00:00.000Z', '2026-11-25T23:59:59.999Z']);
});

test('a time of another zone is the same moment', () => {
  strictEqual(criteria({ from: '2026-11-25T10:30:00+02:00' }).from, '2026-11-25T08:30:00.000Z');
});

test('a cursor leads back to where it was written', () => {
  const cursor = writeCursor('-total', [1900, orderId]);
  deepStrictEqual(criteria({ cursor, sort: '-total' }).behind, [1900, orderId]);
});

test('an order is waited for by its id and version', () => {
  const question = understand({ after: `${orderId}:4`, wait: 2.5 });
  ok('after' in question);
  deepStrictEqual([question.after, question.waitMs], [{ orderId, version: 4 }, 2_500]);
});

const noCursors = ['!', 'e30', Buffer.from('[1,2]').toString('base64url'), writeCursor('-total', [1, 'x'])];
for (const [field, query] of [
  ['status', { status: 'paid,lost' }],
  ['status', { status: '' }],
  ['from', { from: 'yesterday' }],
  ['from', { from: '2026-02-31' }],
  ['from', { from: '2026-13-01' }],
  ['from', { from: 'now-1d' }],
  ['from', { from: '2026-11-25||/d' }],
  ['to', { to: '2026-11-25T25:00:00Z' }],
  ['to', { from: '2026-11-25', to: '9999-12-31T23:59:59-01:00' }],
  ['from', { from: '0000-01-01T00:00:00+01:00' }],
  ['from', { from: '2026-11-26', to: '2026-11-25' }],
  ['minTotal', { minTotal: 2, maxTotal: 1 }],
  ['after', { after: orderId }],
  ['after', { after: `${orderId}:0` }],
  ['after', { after: `${orderId}:1:1` }],
  ['after', { after: 'x:1' }],
  ['cursor', { cursor: writeCursor('-createdAt', [1, orderId]), sort: 'total' }],
  ...noCursors.map((cursor) => ['cursor', { cursor }] as const),
] as const) {
  test(`${JSON.stringify(query)} is refused, and ${field} named`, () => {
    const question = understand(query);
    strictEqual('wrong' in question && question.wrong.field, field);
  });
}
