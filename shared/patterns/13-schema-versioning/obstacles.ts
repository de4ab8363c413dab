import { isDeepStrictEqual } from 'node:util';

/** JSON Schema, as far as messages are described with it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
}

/** `field` is written as `total.currency` and `items[].sku`; the body itself is ''. */
export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

type Comparison = (written: JsonSchema, read: JsonSchema, field: string) => readonly FieldProblem[];

/**
 * Why not everything that fits `written` can be read by somebody who checks it by `read`, field by field; nothing when all
 * can be read. Both are JSON Schemas.
 *
 * What cannot be told counts as a problem: a keyword that is not known here must be the same on both sides.
 */
export function obstacles(written: JsonSchema, read: JsonSchema, field = ''): readonly FieldProblem[] {
  const { anyOf: ways, ...always } = written;
  if (ways) return ways.flatMap((each) => obstacles(both(always, each), read, field));
  const { anyOf: alternatives, ...anyway } = read;
  if (alternatives) {
    const fits = alternatives.some((each) => obstacles(written, each, field).length === 0);
    const none = fits ? [] : [{ field, problem: 'fits none of the alternatives' }];
    return [...obstacles(written, anyway, field), ...none];
  }
  // Of a field that is of another kind altogether nothing else is worth saying.
  const ofAnotherKind = kind(written, read, field);
  if (ofAnotherKind.length > 0) return ofAnotherKind;
  return comparisons.flatMap((compare) => compare(written, read, field));
}

/**
 * What is written where both hold. Of a limit, a pattern or the like that both have, only that of `other` counts: what is
 * then let through in addition can only lead to a problem more, never to one less.
 */
function both(one: JsonSchema, other: JsonSchema): JsonSchema {
  const { anyOf: ways } = other;
  const names = Object.keys({ ...one.properties, ...other.properties });
  const field = (name: string) => both(one.properties?.[name] ?? {}, other.properties?.[name] ?? {});
  return {
    ...one,
    ...other,
    properties: Object.fromEntries(names.map((name) => [name, field(name)])),
    required: [...(one.required ?? []), ...(other.required ?? [])],
    ...(one.items && other.items && { items: both(one.items, other.items) }),
    ...(one.anyOf && ways && { anyOf: one.anyOf.map((way) => both(way, { anyOf: ways })) }),
  };
}

const kind: Comparison = (written, read, field) => {
  const wanted = kindsOf(read);
  const given = kindsOf(written);
  const fits = (each: string) => wanted?.includes(each) || (each === 'integer' && wanted?.includes('number'));
  if (!wanted || given?.every(fits)) return [];
  return [{ field, problem: `must be ${said(wanted)}, and is ${given ? said(given) : 'anything'}` }];
};

function kindsOf(schema: JsonSchema): readonly string[] | undefined {
  if (schema.type !== undefined) return [schema.type].flat();
  const kinds = valuesOf(schema)?.map((value) => (value === null ? 'null' : typeof value));
  return kinds && [...new Set(kinds)];
}

const values: Comparison = (written, read, field) => {
  const allowed = valuesOf(read);
  if (!allowed) return [];
  const given = valuesOf(written);
  if (!given) return [{ field, problem: `must be one of ${said(allowed)}, and may be another` }];
  const refused = given.filter((value) => !allowed.some((other) => isDeepStrictEqual(other, value)));
  return refused.length === 0 ? [] : [{ field, problem: `must not be ${said(refused)}, and may be` }];
};

function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  return schema.enum ?? ('const' in schema ? [schema['const']] : undefined);
}

const atLeast = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const atMost = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

const limits: Comparison = (written, read, field) => [
  ...limit(atLeast, (given, wanted) => given >= wanted, written, read, field),
  ...limit(atMost, (given, wanted) => given <= wanted, written, read, field),
];

function limit(
  keywords: readonly string[],
  isWithin: (given: number, wanted: number) => boolean,
  written: JsonSchema,
  read: JsonSchema,
  field: string,
): readonly FieldProblem[] {
  const broken = keywords.filter((keyword) => {
    const [given, wanted] = [written[keyword], read[keyword]];
    return wanted !== undefined && (given === undefined || !isWithin(Number(given), Number(wanted)));
  });
  return broken.map((keyword) => ({ field, problem: mustHave(keyword, written, read) }));
}

const presence: Comparison = (written, read, field) => {
  const always = new Set(written.required ?? []);
  const missing = (read.required ?? []).filter((name) => !always.has(name));
  return missing.map((name) => ({
    field: within(field, name),
    problem: 'must be there, and may be missing',
  }));
};

const fields: Comparison = (written, read, field) => {
  const names = Object.keys(written.properties ?? {});
  const own = names.flatMap((name) => {
    const [given, wanted] = [
      written.properties?.[name],
      read.properties?.[name] ?? read.additionalProperties,
    ];
    if (wanted === false) return [{ field: within(field, name), problem: 'is not known, and refused' }];
    return given && typeof wanted === 'object' ? obstacles(given, wanted, within(field, name)) : [];
  });
  const others = read.additionalProperties;
  if (own.length > 0 || others === undefined || others === true) return own;
  if (isDeepStrictEqual(written.additionalProperties, others)) return own;
  return [{ field, problem: 'must have no fields but those that are known' }];
};

const items: Comparison = (written, read, field) =>
  read.items ? obstacles(written.items ?? {}, read.items, `${field}[]`) : [];

const known = new Set([
  ...['type', 'enum', 'const', 'required', 'properties', 'additionalProperties', 'items', 'anyOf'],
  ...[...atLeast, ...atMost],
  // What is for people changes nothing.
  ...['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated'],
]);

/** `pattern`, `format` and whatever else there is: whether one is within the other nobody can tell. */
const others: Comparison = (written, read, field) =>
  Object.keys(read)
    .filter((keyword) => !known.has(keyword) && !isDeepStrictEqual(written[keyword], read[keyword]))
    .map((keyword) => ({ field, problem: mustHave(keyword, written, read) }));

const comparisons = [values, limits, others, presence, fields, items];

function mustHave(keyword: string, written: JsonSchema, read: JsonSchema): string {
  const given = written[keyword] === undefined ? 'none' : JSON.stringify(written[keyword]);
  return `must have ${keyword} ${JSON.stringify(read[keyword])}, and has ${given}`;
}

function within(field: string, name: string): string {
  return field === '' ? name : `${field}.${name}`;
}

function said(values: readonly unknown[]): string {
  return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ');
}
