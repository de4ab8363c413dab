import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { examples, messageTypes } from '@conveyor/contracts/messages';
import { recordedMessage } from './recorded-message.ts';

const dataOf = (body: unknown) =>
  recordedMessage({ attributes: {}, body: Buffer.from(JSON.stringify(body)) }).data;

test('a message is recorded with its attributes and its body', () => {
  const attributes = { id: 'an-id', type: 'order.reserved', subject: 'an-order', correlationid: 'c' };
  deepStrictEqual(recordedMessage({ attributes, body: Buffer.from('{"orderId":"an-order","version":2}') }), {
    attributes,
    data: { orderId: 'an-order', version: 2 },
  });
});

test('who the customer is stays out, however deep it stands', () => {
  deepStrictEqual(dataOf({ customerId: 'ada', state: { customerId: 'ada', items: [{ sku: 'mug' }] } }), {
    customerId: '(left out)',
    state: { customerId: '(left out)', items: [{ sku: 'mug' }] },
  });
  for (const name of ['email', 'phoneNumber', 'shippingAddress', 'customer', 'customer_name', 'personName'])
    deepStrictEqual(dataOf({ [name]: { of: 'ada' } }), { [name]: '(left out)' });
});

test('no payment token gets through, whatever the field is called', () => {
  const token = 'tok_approved';
  for (const body of [
    { paymentToken: token },
    { payment: { token } },
    { note: `paid with ${token}` },
    { list: [[token]] },
    { [token]: 1 },
    { token: 42 },
    token,
  ]) {
    ok(!JSON.stringify(dataOf(body)).includes('tok_'), JSON.stringify(body));
  }
  deepStrictEqual(dataOf({ token: 42, cardNumber: 4242 }), { token: '(left out)', cardNumber: '(left out)' });
  const { attributes } = recordedMessage({ attributes: { note: token }, body: Buffer.alloc(0) });
  deepStrictEqual(attributes, { note: '(left out)' });
});

test('of every message of the system all is recorded but the customer', () => {
  for (const type of messageTypes) {
    for (const example of examples[type]) {
      const text = JSON.stringify(example).replaceAll('"ada"', '"(left out)"');
      deepStrictEqual(dataOf(example), JSON.parse(text), type);
    }
  }
});

test('a body that is empty, too large or no JSON is recorded as that', () => {
  const body = (bytes: Buffer) => recordedMessage({ attributes: {}, body: bytes }).data;
  strictEqual(body(Buffer.alloc(0)), null);
  strictEqual(body(Buffer.from('{"paymentToken":"tok_approved"')), '(left out: not JSON)');
  strictEqual(body(Buffer.from(JSON.stringify('x'.repeat(20_000)))), '(left out: 20002 bytes)');
});

test('whatever the text is, it can be stored', () => {
  deepStrictEqual(dataOf({ 'a\0b': 'c\0d', half: '\ud800' }), { ab: 'cd', half: '\ufffd' });
});
