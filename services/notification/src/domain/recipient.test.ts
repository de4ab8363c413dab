import { match, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emailAddressOf } from './recipient.ts';

/** The pattern of the contract, and what RFC 5321 (4.1.2) calls a dot-string, which has at most 64 characters (4.5.3.1.1). */
const customerIds = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
const address = /^(?=[^@]{1,64}@)[A-Za-z0-9=~_-]+(\.[A-Za-z0-9=~_-]+)*@customers\.example$/;

test('most addresses are the customer id itself', () => {
  strictEqual(emailAddressOf('ada.lovelace_1815'), 'ada.lovelace_1815@customers.example');
});

test('whatever a customer is called, its address is a valid one', () => {
  fc.assert(
    fc.property(customerIds, (customerId) => {
      match(emailAddressOf(customerId), address);
    }),
  );
  for (const odd of ['a..b', 'a...', 'shop:7', 'a.:', 'a'.padEnd(64, ':'), 'a'.padEnd(64, '.')])
    match(emailAddressOf(odd), address);
});

test('two customers never share an address', () => {
  fc.assert(
    fc.property(customerIds, customerIds, (one, other) => {
      strictEqual(emailAddressOf(one) === emailAddressOf(other), one === other);
    }),
  );
});
