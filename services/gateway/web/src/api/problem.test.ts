import { strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { inWords, Refusal } from './problem.ts';

const quantity = { field: 'items[0].quantity', detail: 'must be <= 1000000' };
const sku = { field: 'items[0].sku', detail: 'is not known' };

test('what is wrong with a field is said once', () => {
  const message = 'items[0].quantity must be <= 1000000';
  strictEqual(inWords(new Refusal(400, message, [quantity])), message);
  strictEqual(
    inWords(new Refusal(404, 'there is none', [{ field: 'id', detail: 'there is none' }])),
    'there is none',
  );
});

test('what the message does not say of a field is said after it', () => {
  strictEqual(
    inWords(new Refusal(422, 'items[0].quantity must be <= 1000000', [quantity, sku])),
    'items[0].quantity must be <= 1000000 (items[0].sku: is not known)',
  );
  strictEqual(
    inWords(new Refusal(400, 'Bad Request', [quantity, sku])),
    'Bad Request (items[0].quantity: must be <= 1000000; items[0].sku: is not known)',
  );
});
