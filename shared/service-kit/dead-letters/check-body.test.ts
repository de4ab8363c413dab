import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { checkBody } from './check-body.ts';

const orderId = '0199d6a4-0000-7000-8000-000000000000';
const check = (type: string | undefined, body: unknown) =>
  checkBody(
    { ...(type !== undefined && { type }), subject: orderId },
    Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  );

const charge = {
  orderId,
  amount: { amount: 100, currency: 'EUR' },
  priority: 'standard',
};

test('what fits its type gets the version that is written today', () => {
  deepStrictEqual(check('payment.charge', charge), { dataschema: 'urn:conveyor:payment.charge:1' });
});

test('of what does not fit, the field is named', () => {
  deepStrictEqual(check('payment.charge', { ...charge, amount: { amount: 1, currency: 'BTC' } }), {
    path: '/payload/amount/currency',
    detail: 'must be one of EUR, USD, GBP',
  });
  const { orderId: _orderId, ...without } = charge;
  deepStrictEqual(check('payment.charge', without), { path: '/payload/orderId', detail: 'is required' });
  const notEvenAnObject = check('payment.charge', 7);
  ok('path' in notEvenAnObject && notEvenAnObject.path === '/payload');
});

test('of a message that nobody knows no payload can be checked', () => {
  for (const type of [undefined, '', 'payment.wish', 'constructor']) {
    const refused = check(type, charge);
    ok('path' in refused && refused.path === '/payload');
  }
});

test('a payload about another order is refused, and so is the same id in other letters', () => {
  for (const other of ['0199d6a4-0000-7000-8000-000000000001', orderId.toUpperCase()])
    deepStrictEqual(check('payment.charge', { ...charge, orderId: other }), {
      path: '/payload/orderId',
      detail: `must be that of the message, ${orderId}`,
    });
});
