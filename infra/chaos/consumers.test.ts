import { strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { lastingName } from './consumers.ts';

test('a place for replies is the same one under a new id, and all others keep their names', () => {
  strictEqual(lastingName('order.replies.97a51b7e-49ba-46a4-933e-edffefed2a2a'), 'order.replies');
  strictEqual(lastingName('payment.charge.retry.priority-1.100'), 'payment.charge.retry.priority-1.100');
});
