import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type Draft,
  examples,
  isMessageType,
  type MessageType,
  messageTypes,
  readBody,
  schemaAttributesOf,
  versionOf,
  versionsOf,
} from '@conveyor/contracts/messages';
import { breakingChanges } from '@conveyor/patterns/schema-versioning/breaking-changes';
import { type JsonSchema, obstacles } from '@conveyor/patterns/schema-versioning/obstacles';
import { readVersion, statedVersion } from '@conveyor/patterns/schema-versioning/versions';
import { isSnapshot } from '@conveyor/topology';
import { Compile } from 'typebox/compile';
import { growth, releasedFolder, releasedSchema, revisionsOf } from '../../scripts/release/released.ts';

// What was released is kept in the folder `released`, and never changes. A newer release must be able to read all of it.

interface Travelled {
  readonly attributes: { readonly type: string; readonly dataschema: string; readonly readableby?: string };
  readonly body: unknown;
}

function schemaOf(type: string, revision: string): JsonSchema {
  return releasedSchema(type, revision);
}

function messagesOf(type: string, revision: string): readonly Travelled[] {
  const lines = readFileSync(join(releasedFolder, type, `${revision}.messages.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Travelled);
}

const versions = messageTypes.flatMap((type) =>
  versionsOf(type).map(({ schema }, n) => ({ type, number: n + 1, schema: asJson(schema) as JsonSchema })),
);

const released = versions.flatMap(({ type, number, schema }) =>
  revisionsOf(type, number).map((revision) => ({ type, revision, schema })),
);

/** Without what is only for programs. */
function asJson(schema: object): unknown {
  return JSON.parse(JSON.stringify(schema));
}

const read = ({ attributes, body }: Travelled, type = attributes.type) =>
  readBody(type, attributes.dataschema, Buffer.from(JSON.stringify(body)), attributes.readableby);

/** Whether a body is one of `type` as it is written today. */
const isOfToday = (type: MessageType, data: unknown) =>
  Compile(versionsOf(type).at(-1)?.schema ?? {}).Check(data);

test('every version of every message has been released as it is today; `npm run release-schemas` does that', () => {
  for (const { type, number, schema } of versions) {
    const newest = revisionsOf(type, number).at(-1);
    ok(newest, `${type}, version ${number}, was never released`);
    deepStrictEqual(growth(schemaOf(type, newest), schema), [], `${type}, version ${number}, has grown`);
  }
  for (const type of messageTypes)
    strictEqual(versionsOf(type).length, versionOf(type), `${type} lacks a version`);
});

test('the shape of a snapshot never grows: one that is read back would lack what its stream could tell', () => {
  const snapshots = messageTypes.filter(isSnapshot);
  ok(snapshots.length > 0);
  for (const type of snapshots) {
    for (let version = 1; version <= versionOf(type); version += 1)
      deepStrictEqual(revisionsOf(type, version), [`${version}`], `${type} needs a new version`);
  }
});

test('nothing that was released has been dropped', () => {
  for (const type of readdirSync(releasedFolder)) {
    ok(isMessageType(type), `${type} was a message`);
    for (const file of readdirSync(join(releasedFolder, type))) {
      ok(Number.parseInt(file, 10) <= versionOf(type), `${type} has no version ${file} any more`);
    }
  }
});

for (const { type, revision, schema } of released) {
  test(`${type}, version ${revision}, is what was released, apart from new fields that may be missing`, () => {
    deepStrictEqual(
      breakingChanges(schemaOf(type, revision), schema).map(
        ({ field, problem }) => `${type}, version ${revision}: ${field}: ${problem}`,
      ),
      [],
    );
  });

  test(`released messages of ${type}, version ${revision}, are read, and come out as today's version`, () => {
    for (const message of messagesOf(type, revision)) {
      const result = read(message);
      ok('data' in result, `${type}, version ${revision}: ${JSON.stringify(result)}`);
      ok(isOfToday(type, result.data), `${type}, version ${revision}, came out as something else`);
    }
  });

  test(`fields that nobody knows stop no reader of ${type}, version ${revision}, however deep inside they are`, () => {
    for (const message of messagesOf(type, revision)) {
      const result = read({ ...message, body: withUnknownFields(message.body) });
      ok('data' in result, `${type}, version ${revision}: ${JSON.stringify(result)}`);
    }
  });
}

function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields);
  if (value === null || typeof value !== 'object') return value;
  const fields = Object.entries(value).map(([name, field]) => [name, withUnknownFields(field)]);
  // A text, so that it may stand in a map of texts as well.
  return { ...Object.fromEntries(fields), fromTheFuture: 'anything' };
}

/** A consumer that has not been upgraded since it knew only these: of each version one revision, the first one first. */
function oldReader(type: MessageType, revisions: readonly string[]) {
  const known = revisions.map((revision) => {
    const validator = Compile(schemaOf(type, revision));
    return { problemIn: (data: unknown) => (validator.Check(data) ? undefined : validator.Errors(data)) };
  });
  return ({ attributes, body }: Travelled) => {
    const stated = statedVersion(`urn:conveyor:${type}`, attributes);
    return stated && readVersion(known, stated, body);
  };
}

test('a consumer that knows only version 1 of order.created reads version 2 with its new field, if the order is in euros', () => {
  const [inEuros, inPounds] = messagesOf('order.created', '2');
  ok(inEuros && inPounds);
  const readAsOld = oldReader('order.created', ['1']);
  deepStrictEqual(readAsOld(inEuros), { data: inEuros.body });
  // By its schema it could. But it would take the pounds for euros, so the writer does not say that it can.
  deepStrictEqual(readAsOld(inPounds), { unknownVersion: 2 });
  deepStrictEqual(obstacles(schemaOf('order.created', '2'), schemaOf('order.created', '1')), []);
});

test('whatever is declared readable by an older version can be read by its schema, in general and as an example', () => {
  for (const type of messageTypes) {
    const today = versions.findLast((version) => version.type === type)?.schema ?? {};
    for (const body of examples[type]) {
      const attributes = {
        type,
        ...schemaAttributesOf({ type, data: body } as Pick<Draft, 'type' | 'data'>),
      };
      const oldest = statedVersion(`urn:conveyor:${type}`, attributes)?.readableBy ?? 0;
      for (let version = oldest; version <= versionOf(type); version += 1) {
        const older = Array.from({ length: version - 1 }, (_, n) => `${n + 1}`);
        for (const revision of revisionsOf(type, version)) {
          deepStrictEqual(obstacles(today, schemaOf(type, revision)), [], `${type} ${revision}`);
          deepStrictEqual(oldReader(type, [...older, revision])({ attributes, body }), { data: body });
        }
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
  const schema = schemaOf('order.created', '2');
  const { total: _gone, ...properties } = schema.properties ?? {};
  const [change] = breakingChanges(schema, { ...schema, properties });
  match(
    `order.created, version 2: ${change?.field}: ${change?.problem}`,
    /^order.created, version 2: total: was removed$/,
  );
});
