import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { createWatch } from '@conveyor/service-kit/watch';
import { Client } from '@elastic/elasticsearch';
import { createReader, requestFor } from './order-reader.ts';

for (const [sort, field, order] of [
  ['createdAt', 'createdAt', 'asc'],
  ['-createdAt', 'createdAt', 'desc'],
  ['updatedAt', 'updatedAt', 'asc'],
  ['-updatedAt', 'updatedAt', 'desc'],
  ['total', 'total.amount', 'asc'],
  ['-total', 'total.amount', 'desc'],
  ['relevance', '_score', 'desc'],
] as const) {
  test(`${sort}: by ${field}, ${order}; of equal ones the id decides, and one more tells of another page`, () => {
    const request = requestFor({ statuses: [], sort, limit: 2 });
    deepStrictEqual(request.sort, [{ [field]: order }, { orderId: 'asc' }]);
    strictEqual(request.size, 3);
  });
}

test('whoever has gone is not waited for', { timeout: 10_000 }, async (t) => {
  const client = new Client({ node: 'http://127.0.0.1:1' });
  const gone = new AbortController();
  const looks = t.mock.method(client, 'mget', async () => {
    // The first look is over, and the wait for the next one begins.
    setImmediate(() => gone.abort());
    return { docs: [] };
  });
  const { seen } = createReader(client, createWatch());
  strictEqual(await seen({ orderId: 'an-order', version: 1 }, 60_000, gone.signal), false);
  strictEqual(looks.mock.callCount() <= 2, true);
});
