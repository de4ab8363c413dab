import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { decideReservation, linesPerProduct } from './stock.ts';

test('a product that an order names twice becomes one line, and lines are sorted by sku', () => {
  const items = [
    { sku: 'tea', quantity: 1 },
    { sku: 'mug', quantity: 2 },
    { sku: 'tea', quantity: 3 },
  ];
  deepStrictEqual(linesPerProduct(items), [
    { sku: 'mug', quantity: 2 },
    { sku: 'tea', quantity: 4 },
  ]);
});

test('the last unit can be promised', () => {
  deepStrictEqual(decideReservation([{ sku: 'mug', quantity: 3 }], new Map([['mug', 3]])), []);
});

test('every product of which too little is there is named, unknown ones too', () => {
  const lines = [
    { sku: 'ghost', quantity: 1 },
    { sku: 'mug', quantity: 3 },
    { sku: 'tea', quantity: 1 },
  ];
  const stock = new Map([
    ['mug', 2],
    ['tea', 9],
  ]);
  deepStrictEqual(decideReservation(lines, stock), [
    { sku: 'ghost', wanted: 1, available: 0 },
    { sku: 'mug', wanted: 3, available: 2 },
  ]);
});
