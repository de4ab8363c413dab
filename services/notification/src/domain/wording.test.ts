import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Notification } from './notification.ts';
import { formatMoney, writeEmail, writeShortMessage } from './wording.ts';

const completed: Notification = {
  orderId: '0198c1a0-0000-7000-8000-000000000001',
  customerId: 'ada',
  total: { amount: 123_405, currency: 'EUR' },
  outcome: 'completed',
};
const cancelled: Notification = { ...completed, outcome: 'cancelled', reason: 'payment-declined' };

test('a completed order is thanked for', () => {
  deepStrictEqual(writeEmail(completed), {
    to: 'ada@customers.example',
    subject: 'Your order is complete',
    text: `Hello,

Thank you for your order. It is paid, and on its way to you.

Order: 0198c1a0-0000-7000-8000-000000000001
Total: 1234.05 EUR

Your Conveyor shop
`,
  });
});

test('a cancelled order is explained', () => {
  deepStrictEqual(writeEmail(cancelled), {
    to: 'ada@customers.example',
    subject: 'Your order has been cancelled',
    text: `Hello,

Your order has been cancelled. Your payment was declined.
You pay nothing: what was charged is paid back in full.

Order: 0198c1a0-0000-7000-8000-000000000001
Total: 1234.05 EUR

Your Conveyor shop
`,
  });
});

test('a short message says the same in one line', () => {
  deepStrictEqual(writeShortMessage(completed), {
    to: 'ada',
    text: 'Your order 0198c1a0-0000-7000-8000-000000000001 over 1234.05 EUR is complete.',
  });
  deepStrictEqual(writeShortMessage(cancelled), {
    to: 'ada',
    text:
      'Your order 0198c1a0-0000-7000-8000-000000000001 over 1234.05 EUR has been cancelled. ' +
      'Your payment was declined.',
  });
});

test('amounts are shown in major units, to the last cent', () => {
  strictEqual(formatMoney({ amount: 0, currency: 'GBP' }), '0.00 GBP');
  strictEqual(formatMoney({ amount: 5, currency: 'USD' }), '0.05 USD');
  strictEqual(formatMoney({ amount: 10, currency: 'EUR' }), '0.10 EUR');
  strictEqual(formatMoney({ amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' }), '90071992547409.91 EUR');
});
