import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder, kindOf, matching } from './test-files.ts';

test('the end of its name tells what a test needs', () => {
  assert.equal(kindOf('shared/brokers/kafka/consume.broker.test.ts'), 'broker');
  assert.equal(kindOf('infra/chaos/chaos.e2e.test.ts'), 'e2e');
  assert.equal(kindOf('services/order/src/domain/order.test.ts'), 'unit');
});

test('a file called after a kind is not of that kind', () => {
  assert.equal(kindOf('shared/testing/broker.test.ts'), 'unit');
});

test('quick tests come first, whatever their folder', () => {
  const files = ['a/x.e2e.test.ts', 'a/x.broker.test.ts', 'b/y.test.ts', 'a/x.db.test.ts', 'a/z.test.ts'];
  assert.deepEqual(inOrder(files), [
    'a/z.test.ts',
    'b/y.test.ts',
    'a/x.db.test.ts',
    'a/x.broker.test.ts',
    'a/x.e2e.test.ts',
  ]);
});

test('a developer names tests by a part of their path or by a glob', () => {
  const files = ['services/order/src/app.test.ts', 'services/payment/src/domain/charge.test.ts'];
  assert.deepEqual(matching(files, ['charge']), [files[1]]);
  assert.deepEqual(matching(files, ['services/order/**']), [files[0]]);
  assert.deepEqual(matching(files, ['order', 'payment']), files);
  assert.deepEqual(matching(files, ['nothing']), []);
});

test('without a wish all are meant', () => {
  assert.deepEqual(matching(['a.test.ts'], []), ['a.test.ts']);
});
