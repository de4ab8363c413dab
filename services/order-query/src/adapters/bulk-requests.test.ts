import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { bulkRequests } from './bulk-requests.ts';

const documents = (count: number, note = '') =>
  new Map(Array.from({ length: count }, (_, n) => [`order-${n}`, { version: n + 1, note }]));
const bytesOf = (lines: readonly string[]) =>
  lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);

test('a document is two lines: which and by what version, then itself', () => {
  deepStrictEqual(
    [...bulkRequests(documents(1))],
    [['{"index":{"_id":"order-0","version":1,"version_type":"external"}}', '{"version":1,"note":""}']],
  );
});

test('no request is larger than the limit, and every document is in one of them, in their order', () => {
  const requests = [...bulkRequests(documents(100, 'ä'.repeat(100)), 2_000)];
  ok(requests.length > 10);
  ok(requests.every((lines) => bytesOf(lines) <= 2_000));
  const ids = requests.flat().flatMap((line) => /"_id":"(.*?)"/.exec(line)?.[1] ?? []);
  deepStrictEqual(ids, [...documents(100).keys()]);
});

test('a document that is larger than the limit alone has a request of its own', () => {
  deepStrictEqual(
    [...bulkRequests(documents(3, 'x'.repeat(3_000)), 2_000)].map((lines) => lines.length),
    [2, 2, 2],
  );
});

test('no document, no request', () => {
  strictEqual([...bulkRequests(new Map())].length, 0);
});
