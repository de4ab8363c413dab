import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { breakingChanges } from '@conveyor/patterns/schema-versioning/breaking-changes';
import { type JsonSchema, obstacles } from '@conveyor/patterns/schema-versioning/obstacles';
import { readVersion, statedVersion } from '@conveyor/patterns/schema-versioning/versions';
import { Compile } from 'typebox/compile';
import { examples } from './messages/examples.ts';
import {
  type Draft,
  isMessageType,
  type MessageType,
  messageTypes,
  readBody,
  schemaAttributesOf,
  versionOf,
  versionsOf,
} from './messages/index.ts';

// What was released is kept in the folder `released`, and never changes. A newer release must be able to read all of it.
const folder = join(import.meta.dirname, 'released');

interface Travelled {
  readonly attributes: { readonly type: string; readonly dataschema: string; readonly readableby?: string };
  readonly body: unknown;
}

const fileOf = (type: string, version: number, what: string) => join(folder, type, `${version}.${what}`);

function schemaOf(type: string, version: number): JsonSchema {
  return JSON.parse(readFileSync(fileOf(type, version, 'schema.json'), 'utf8')) as JsonSchema;
}

function messagesOf(type: string, version: number): readonly Travelled[] {
  const lines = readFileSync(fileOf(type, version, 'messages.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Travelled);
}

const released = messageTypes.flatMap((type) =>
  versionsOf(type).map((version, n) => ({ type, number: n + 1, schema: version.schema })),
);

const read = ({ attributes, body }: Travelled, type = attributes.type) =>
  readBody(type, attributes.dataschema, Buffer.from(JSON.stringify(body)), attributes.readableby);

/** Whether a body is one of `type` as it is written today. */
const isOfToday = (type: MessageType, data: unknown) =>
  Compile(versionsOf(type).at(-1)?.schema ?? {}).Check(data);

test('every version of every message has been released; `npm run release-schemas` does that for a new one', () => {
  for (const { type, number } of released) {
    for (const what of ['schema.json', 'messages.jsonl']) {
      ok(existsSync(fileOf(type, number, what)), `${type} has no released ${number}.${what}`);
    }
  }
  for (const type of messageTypes)
    strictEqual(versionsOf(type).length, versionOf(type), `${type} lacks a version`);
});

test('nothing that was released has been dropped', () => {
  for (const type of readdirSync(folder)) {
    ok(isMessageType(type), `${type} was a message`);
    for (const file of readdirSync(join(folder, type))) {
      ok(Number.parseInt(file, 10) <= versionOf(type), `${type} has no version ${file} any more`);
    }
  }
});

for (const { type, number, schema } of released) {
  test(`${type}, version ${number}, is what was released, apart from new fields that may be missing`, () => {
    deepStrictEqual(
      breakingChanges(schemaOf(type, number), schema as JsonSchema).map(
        ({ field, problem }) => `${type}, version ${number}: ${field}: ${problem}`,
      ),
      [],
    );
  });

  test(`released messages of ${type}, version ${number}, are read, and come out as today's version`, () => {
    for (const message of messagesOf(type, number)) {
      const result = read(message);
      ok('data' in result, `${type}, version ${number}: ${JSON.stringify(result)}`);
      ok(isOfToday(type, result.data), `${type}, version ${number}, came out as something else`);
    }
  });

  test(`fields that nobody knows stop no reader of ${type}, version ${number}, however deep inside they are`, () => {
    for (const message of messagesOf(type, number)) {
      const result = read({ ...message, body: withUnknownFields(message.body) });
      ok('data' in result, `${type}, version ${number}: ${JSON.stringify(result)}`);
    }
  });
}

function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields);
  if (value === null || typeof value !== 'object') return value;
  const fields = Object.entries(value).map(([name, field]) => [name, withUnknownFields(field)]);
  return { ...Object.fromEntries(fields), fromTheFuture: { of: 'anything' } };
}

/** A consumer that has not been upgraded since it knew only the versions up to `newest`. */
function oldReader(type: MessageType, newest: number) {
  const versions = Array.from({ length: newest }, (_, n) => {
    const validator = Compile(schemaOf(type, n + 1));
    return { problemIn: (data: unknown) => (validator.Check(data) ? undefined : validator.Errors(data)) };
  });
  return ({ attributes, body }: Travelled) => {
    const stated = statedVersion(`urn:conveyor:${type}`, attributes);
    return stated && readVersion(versions, stated, body);
  };
}

test('a consumer that knows only version 1 of order.created reads version 2 with its new field, if the order is in euros', () => {
  const [inEuros, inPounds] = messagesOf('order.created', 2);
  ok(inEuros && inPounds);
  const readAsOld = oldReader('order.created', 1);
  deepStrictEqual(readAsOld(inEuros), { data: inEuros.body });
  // By its schema it could. But it would take the pounds for euros, so the writer does not say that it can.
  deepStrictEqual(readAsOld(inPounds), { unknownVersion: 2 });
  deepStrictEqual(obstacles(schemaOf('order.created', 2), schemaOf('order.created', 1)), []);
});

test('whatever is declared readable by an older version can be read by its schema, in general and as an example', () => {
  for (const type of messageTypes) {
    for (const body of examples[type]) {
      const attributes = {
        type,
        ...schemaAttributesOf({ type, data: body } as Pick<Draft, 'type' | 'data'>),
      };
      const oldest = statedVersion(`urn:conveyor:${type}`, attributes)?.readableBy ?? 0;
      for (let version = oldest; version <= versionOf(type); version += 1) {
        deepStrictEqual(
          obstacles(schemaOf(type, versionOf(type)), schemaOf(type, version)),
          [],
          `${type} ${version}`,
        );
        deepStrictEqual(oldReader(type, version)({ attributes, body }), { data: body });
      }
    }
  }
});

test('the examples are bodies as they are written today', () => {
  for (const type of messageTypes) {
    for (const body of examples[type]) ok(isOfToday(type, body), type);
  }
});

test('a breaking change is refused by naming type, version and field', () => {
  const schema = schemaOf('order.created', 2);
  const { total: _gone, ...properties } = schema.properties ?? {};
  const [change] = breakingChanges(schema, { ...schema, properties });
  match(
    `order.created, version 2: ${change?.field}: ${change?.problem}`,
    /^order.created, version 2: total: was removed$/,
  );
});
