import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { isGeneration, madeAt, nameOf, shapeOf } from './index-names.ts';

const made = new Date('2026-11-27T18:44:57.012Z');

test('a name tells the shape of the documents, and when the first of them was made', () => {
  const name = nameOf(12, made);
  strictEqual(name, 'orders-v12-20261127184457012');
  deepStrictEqual([isGeneration(name), shapeOf(name), madeAt(name)], [true, 12, made.toISOString()]);
});

test('one from before names told a shape has the first of all', () => {
  const name = 'orders-20261127184457012';
  deepStrictEqual([isGeneration(name), shapeOf(name), madeAt(name)], [true, 0, made.toISOString()]);
});

test("nobody else's index is taken for one", () => {
  const others = [
    'orders',
    'orders-archive',
    'orders-v1',
    'my-orders-v1-20261127184457012',
    'orders-v1-2026112718445701',
  ];
  deepStrictEqual(others.filter(isGeneration), []);
});
