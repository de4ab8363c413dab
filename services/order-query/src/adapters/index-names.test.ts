import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { isGeneration, madeAt, nameOf, oldestFirst, shapeOf } from './index-names.ts';

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

test('the oldest stands first, whatever the shape of its documents', () => {
  const [first, second, third] = [1, 2, 3].map((ms) => new Date(made.getTime() + ms));
  ok(first && second && third);
  const sorted = [nameOf(2, first), nameOf(1, second), nameOf(2, third)];
  const [a, b, c] = sorted.map((name) => ({ name }));
  deepStrictEqual(
    oldestFirst([c, a, b].flatMap((each) => each ?? [])).map(({ name }) => name),
    sorted,
  );
});
