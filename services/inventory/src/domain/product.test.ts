import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { decideProduct, type Product } from './product.ts';

const mug: Product = {
  sku: 'mug',
  name: 'Mug',
  price: { amount: 950, currency: 'EUR' },
  stock: { onHand: 10, reserved: 4, sold: 2 },
};

test('a new product begins with the stock it is given, as an adjustment', () => {
  deepStrictEqual(decideProduct('mug', { name: 'Mug', price: mug.price, onHand: 7 }, undefined), {
    outcome: 'created',
    product: { ...mug, stock: { onHand: 7, reserved: 0, sold: 0 } },
    delta: 7,
  });
});

test('a new product without stock can be created, one without name and price cannot', () => {
  deepStrictEqual(decideProduct('mug', { name: 'Mug', price: mug.price }, undefined), {
    outcome: 'created',
    product: { ...mug, stock: { onHand: 0, reserved: 0, sold: 0 } },
    delta: 0,
  });
  deepStrictEqual(decideProduct('mug', { onHand: 7 }, undefined), {
    rejected: 'incomplete',
    missing: ['name', 'price'],
  });
});

test('what a change does not name stays as it is', () => {
  deepStrictEqual(decideProduct('mug', { price: { amount: 800, currency: 'GBP' } }, mug), {
    outcome: 'changed',
    product: { ...mug, price: { amount: 800, currency: 'GBP' } },
    delta: 0,
  });
});

test('a new count is written down as the difference', () => {
  deepStrictEqual(decideProduct('mug', { onHand: 4 }, mug), {
    outcome: 'changed',
    product: { ...mug, stock: { onHand: 4, reserved: 4, sold: 2 } },
    delta: -6,
  });
});

test('a shelf cannot hold less than what has been promised from it', () => {
  deepStrictEqual(decideProduct('mug', { onHand: 3 }, mug), { rejected: 'below-reserved', reserved: 4 });
});
