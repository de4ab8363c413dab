import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonSchema, obstacles } from './obstacles.ts';

const one = {
  type: 'object',
  required: ['amount'],
  properties: { amount: { type: 'integer' } },
};
const two = {
  type: 'object',
  required: ['amount', 'currency'],
  properties: { amount: { type: 'integer' }, currency: { enum: ['EUR', 'GBP'] } },
};

test('a reader of version 1 can read a version 2 that only has more, and not the other way round', () => {
  deepStrictEqual(obstacles(two, one), []);
  deepStrictEqual(obstacles(one, two), [{ field: 'currency', problem: 'must be there, and may be missing' }]);
});

test('unless it refuses what it does not know', () => {
  deepStrictEqual(obstacles(two, { ...one, additionalProperties: false }), [
    { field: 'currency', problem: 'is not known, and refused' },
  ]);
});

test('whole numbers are numbers, and not the other way round', () => {
  deepStrictEqual(obstacles({ type: 'integer' }, { type: 'number' }), []);
  deepStrictEqual(obstacles({ type: 'number' }, { type: 'integer' }), [
    { field: '', problem: 'must be integer, and is number' },
  ]);
});

test('who checks nothing can read anything, and who checks something not', () => {
  deepStrictEqual(obstacles(two, {}), []);
  deepStrictEqual(obstacles({}, { type: 'string' }), [
    { field: '', problem: 'must be string, and is anything' },
  ]);
});

test('values are texts or numbers, even where nobody says so', () => {
  deepStrictEqual(obstacles({ enum: ['a'] }, { type: 'string' }), []);
  deepStrictEqual(obstacles({ enum: ['a', 1] }, { type: 'string' }), [
    { field: '', problem: 'must be string, and is string, number' },
  ]);
});

test('what stands beside alternatives counts as well', () => {
  const alternatives = [{ type: 'string' }, { type: 'number' }];
  deepStrictEqual(obstacles({ type: 'string' }, { anyOf: alternatives, maxLength: 3 }), [
    { field: '', problem: 'must have maxLength 3, and has none' },
  ]);
  deepStrictEqual(obstacles({ type: 'boolean' }, { anyOf: alternatives, maxLength: 3 }).slice(1), [
    { field: '', problem: 'fits none of the alternatives' },
  ]);
  deepStrictEqual(
    obstacles({ anyOf: [{ type: 'string' }], maxLength: 3 }, { type: 'string', maxLength: 5 }),
    [],
  );
});

test('the fields of an alternative come to those that stand beside it, and do not replace them', () => {
  const body = (colour: JsonSchema): JsonSchema => {
    const coloured = { properties: { colour } };
    return {
      required: ['colour'],
      properties: { colour, parts: { items: coloured }, box: { anyOf: [coloured, { type: 'null' }] } },
      anyOf: [
        {
          required: ['size'],
          properties: { parts: { items: { minProperties: 1 } }, box: { anyOf: [{ type: 'object' }] } },
        },
      ],
    };
  };
  const [text, count] = [{ type: 'string' }, { type: 'integer' }];
  deepStrictEqual(obstacles(body(text), body(text)), []);
  deepStrictEqual(
    obstacles(body(text), body(count)).map(({ field }) => field),
    ['colour', 'parts[].colour', 'box'],
  );
});
