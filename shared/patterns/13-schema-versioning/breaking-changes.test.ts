import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { breakingChanges } from './breaking-changes.ts';
import type { JsonSchema } from './obstacles.ts';

const text = { type: 'string' };
const count = { type: 'integer', minimum: 1, maximum: 100 };

const object = (properties: Record<string, JsonSchema>, optional: readonly string[] = []): JsonSchema => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

const released = object(
  {
    orderId: { type: 'string', format: 'uuid' },
    total: object({ amount: { type: 'integer', minimum: 0 }, currency: { enum: ['EUR', 'USD'] } }),
    items: {
      type: 'array',
      minItems: 1,
      items: object({ sku: { type: 'string', pattern: '^[a-z]+$' }, quantity: count }),
    },
    note: { type: 'string', maxLength: 50 },
    kind: { type: 'string', const: 'order' },
  },
  ['note'],
);

/** The released schema with one part of it replaced; the path is as a problem names the field. */
function changed(path: string, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  const steps = path.split(/(?=\[\])|\./);
  const into = (schema: JsonSchema, [step, ...rest]: readonly string[]): JsonSchema => {
    if (step === undefined || step === '') return change(schema);
    if (step === '[]') return { ...schema, items: into(schema.items ?? {}, rest) };
    return {
      ...schema,
      properties: { ...schema.properties, [step]: into(schema.properties?.[step] ?? {}, rest) },
    };
  };
  return into(released, steps);
}

const without = (name: string) => (schema: JsonSchema) => {
  const { [name]: _gone, ...properties } = schema.properties ?? {};
  return { ...schema, properties, required: schema.required?.filter((other) => other !== name) ?? [] };
};
const withField = (name: string, field: JsonSchema, isRequired: boolean) => (schema: JsonSchema) => ({
  ...schema,
  properties: { ...schema.properties, [name]: field },
  required: [...(schema.required ?? []), ...(isRequired ? [name] : [])],
});
const withKeywords = (keywords: JsonSchema) => (schema: JsonSchema) => ({ ...schema, ...keywords });

test('a schema breaks nothing against itself', () => {
  deepStrictEqual(breakingChanges(released, structuredClone(released)), []);
});

const allowed: readonly (readonly [what: string, path: string, change: (part: JsonSchema) => JsonSchema])[] =
  [
    ['a new field that may be missing', '', withField('coupon', text, false)],
    ['a new field deep inside that may be missing', 'total', withField('tax', { type: 'integer' }, false)],
    ['a new field of the items that may be missing', 'items[]', withField('name', text, false)],
    ['a description', 'total.amount', withKeywords({ description: 'In minor units', title: 'Amount' })],
    [
      'another order of the fields',
      '',
      (schema) => ({ ...schema, required: schema.required?.toReversed() ?? [] }),
    ],
    ['another order of the values', 'total.currency', withKeywords({ enum: ['USD', 'EUR'] })],
  ];

for (const [what, path, change] of allowed) {
  test(`${what} is no new version`, () => {
    deepStrictEqual(breakingChanges(released, changed(path, change)), []);
  });
}

const before = /^what was written before is refused: /;
const notUpgraded = /^readers that are not upgraded yet refuse it: /;

const refused: readonly (readonly [
  what: string,
  path: string,
  change: (part: JsonSchema) => JsonSchema,
  field: string,
  problem: RegExp,
])[] = [
  ['a removed field', '', without('orderId'), 'orderId', /^was removed$/],
  ['a removed field that could be missing', '', without('note'), 'note', /^was removed$/],
  ['a removed field deep inside', 'total', without('currency'), 'total.currency', /^was removed$/],
  ['a removed field of the items', 'items[]', without('quantity'), 'items[].quantity', /^was removed$/],
  ['a new field that is required', '', withField('coupon', text, true), 'coupon', before],
  [
    'a field that becomes required',
    '',
    withKeywords({ required: Object.keys(released.properties ?? {}) }),
    'note',
    before,
  ],
  ['a new required field of the items', 'items[]', withField('name', text, true), 'items[].name', before],
  [
    'a field that may be missing now',
    'total',
    withKeywords({ required: ['amount'] }),
    'total.currency',
    notUpgraded,
  ],
  ['another type', 'total.amount', () => text, 'total.amount', before],
  ['a wider type', 'total.amount', withKeywords({ type: 'number' }), 'total.amount', notUpgraded],
  ['a narrower type', 'note', withKeywords({ type: 'null' }), 'note', before],
  ['an object in the place of a text', 'orderId', () => object({ id: text }), 'orderId', before],
  ['a removed value', 'total.currency', withKeywords({ enum: ['EUR'] }), 'total.currency', before],
  [
    'a new value',
    'total.currency',
    withKeywords({ enum: ['EUR', 'USD', 'GBP'] }),
    'total.currency',
    notUpgraded,
  ],
  ['values in the place of any text', 'note', withKeywords({ enum: ['a', 'b'] }), 'note', before],
  ['any text in the place of values', 'total.currency', () => text, 'total.currency', notUpgraded],
  ['another constant', 'kind', withKeywords({ const: 'offer' }), 'kind', before],
  ['another pattern', 'items[].sku', withKeywords({ pattern: '^[a-z0-9]+$' }), 'items[].sku', before],
  ['a new pattern', 'note', withKeywords({ pattern: '^.+$' }), 'note', before],
  ['another format', 'orderId', withKeywords({ format: 'email' }), 'orderId', before],
  ['a higher minimum', 'items[].quantity', withKeywords({ minimum: 2 }), 'items[].quantity', before],
  ['a lower minimum', 'items[].quantity', withKeywords({ minimum: 0 }), 'items[].quantity', notUpgraded],
  ['a lower maximum', 'items[].quantity', withKeywords({ maximum: 99 }), 'items[].quantity', before],
  ['a higher maximum', 'items[].quantity', withKeywords({ maximum: 101 }), 'items[].quantity', notUpgraded],
  ['a new minimum', 'note', withKeywords({ minLength: 1 }), 'note', before],
  ['a shorter text', 'note', withKeywords({ maxLength: 49 }), 'note', before],
  ['fewer items', 'items', withKeywords({ maxItems: 10 }), 'items', before],
  ['an empty list where there was none', 'items', withKeywords({ minItems: 0 }), 'items', notUpgraded],
  ['a body that lets nothing unknown through', '', withKeywords({ additionalProperties: false }), '', before],
  ['the same deep inside', 'total', withKeywords({ additionalProperties: false }), 'total', before],
  ['a keyword that nobody knows here', 'note', withKeywords({ contentEncoding: 'base64' }), 'note', before],
];

for (const [what, path, change, field, problem] of refused) {
  test(`${what} is a new version, and ${field || 'the body'} is named`, () => {
    const [found, ...more] = breakingChanges(released, changed(path, change));
    deepStrictEqual(more, []);
    strictEqual(found?.field, field);
    match(found.problem, problem);
  });
}

test('each field is named once, and all of them are', () => {
  const current = object({ ...released.properties, total: text, coupon: text }, ['note']);
  deepStrictEqual(
    breakingChanges(released, current)
      .map(({ field }) => field)
      .sort(),
    ['coupon', 'total', 'total.amount', 'total.currency'],
  );
});

test('a new field is refused where the released schema let nothing unknown through', () => {
  const closed = { ...object({ orderId: text }), additionalProperties: false };
  const more = { ...object({ orderId: text, note: text }, ['note']), additionalProperties: false };
  const [found] = breakingChanges(closed, more);
  strictEqual(found?.field, 'note');
  match(found.problem, notUpgraded);
});

test('of alternatives none may go, and none may come', () => {
  const one = object({ value: { anyOf: [text, { type: 'null' }] } });
  deepStrictEqual(breakingChanges(one, structuredClone(one)), []);
  const fewer = object({ value: text });
  const [lost] = breakingChanges(one, fewer);
  match(lost?.problem ?? '', before);
  const [gained] = breakingChanges(fewer, one);
  match(gained?.problem ?? '', notUpgraded);
  deepStrictEqual([lost?.field, gained?.field], ['value', 'value']);
});

test('a field that one of the alternatives had is missed, and a move among them is none', () => {
  const nullable = (details: JsonSchema) => object({ details: { anyOf: [details, { type: 'null' }] } });
  const one = nullable(object({ colour: text, size: text }, ['size']));
  deepStrictEqual(breakingChanges(one, structuredClone(one)), []);
  deepStrictEqual(breakingChanges(one, nullable(object({ colour: text }))), [
    { field: 'details.size', problem: 'was removed' },
  ]);
});

test('a field that all alternatives have may change no more than any other', () => {
  const body = (id: JsonSchema) => ({
    ...object({ id }),
    anyOf: [object({ card: text }), object({ iban: text })],
  });
  deepStrictEqual(breakingChanges(body(text), body(text)), []);
  const [found, ...more] = breakingChanges(body(text), body(count));
  deepStrictEqual(more, []);
  strictEqual(found?.field, 'id');
  match(found.problem, before);
});
