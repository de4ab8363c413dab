import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { requestFor } from './search-orders.ts';

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
