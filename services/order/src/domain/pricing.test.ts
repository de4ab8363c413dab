import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { duplicateSku, price, type QuotedProduct } from './pricing.ts';

const mug: QuotedProduct = { sku: 'mug', name: 'Mug', unitPrice: 950, currency: 'EUR' };
const tea: QuotedProduct = { sku: 'tea', name: 'Tea', unitPrice: 425, currency: 'EUR' };
const pin: QuotedProduct = { sku: 'pin', name: 'Pin', unitPrice: 300, currency: 'USD' };

test('the total is the sum of quantity times price, in minor units', () => {
  const priced = price(
    [
      { sku: 'mug', quantity: 2 },
      { sku: 'tea', quantity: 3 },
    ],
    [tea, mug],
    undefined,
  );
  deepStrictEqual('total' in priced && priced.total, { amount: 2 * 950 + 3 * 425, currency: 'EUR' });
});

test('an unknown sku is rejected by its place in the order', () => {
  const priced = price(
    [
      { sku: 'mug', quantity: 1 },
      { sku: 'unicorn', quantity: 1 },
    ],
    [mug],
    undefined,
  );
  deepStrictEqual(priced, { rejected: 'unknown-sku', item: 1, detail: 'is not a product: unicorn' });
});

test('items of two currencies are rejected', () => {
  const priced = price(
    [
      { sku: 'mug', quantity: 1 },
      { sku: 'pin', quantity: 1 },
    ],
    [mug, pin],
    undefined,
  );
  strictEqual('rejected' in priced && priced.rejected, 'mixed-currencies');
});

test('a currency other than that of the items is rejected, the same one is accepted', () => {
  const other = price([{ sku: 'mug', quantity: 1 }], [mug], 'GBP');
  strictEqual('rejected' in other && other.rejected, 'other-currency');
  strictEqual('total' in price([{ sku: 'mug', quantity: 1 }], [mug], 'EUR'), true);
});

test('a total that no number can tell exactly is rejected', () => {
  const car: QuotedProduct = { sku: 'car', name: 'Car', unitPrice: 100_000_000, currency: 'EUR' };
  const cars = (count: number) => {
    const skus = Array.from({ length: count }, (_, n) => `car-${n}`);
    return price(
      skus.map((sku) => ({ sku, quantity: 1_000_000 })),
      skus.map((sku) => ({ ...car, sku })),
      undefined,
    );
  };
  strictEqual('total' in cars(90), true);
  const tooMuch = cars(91);
  strictEqual('rejected' in tooMuch && tooMuch.rejected, 'too-much');
});

test('a sku that occurs twice is found at its second place', () => {
  strictEqual(
    duplicateSku([
      { sku: 'mug', quantity: 1 },
      { sku: 'tea', quantity: 1 },
      { sku: 'mug', quantity: 2 },
    ]),
    2,
  );
  strictEqual(
    duplicateSku([
      { sku: 'mug', quantity: 1 },
      { sku: 'tea', quantity: 1 },
    ]),
    -1,
  );
});
