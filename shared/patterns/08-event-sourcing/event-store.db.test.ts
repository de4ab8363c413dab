import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { derivedMessageId, newMessageId } from '@conveyor/brokers';
import { classify } from '@conveyor/patterns/dead-letter-queue/failure';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { eventId } from './event-id.ts';
import { appendToStream, readStream, VersionConflict } from './event-store.ts';

const schema = readFileSync(new URL('schema.sql', import.meta.url), 'utf8');
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([schema]);
});
after(() => database.drop());

const created = { type: 'order.created', data: { total: 100 }, metadata: { causationid: 'x' } };
const paid = { type: 'order.paid', data: { note: 'a "quoted", {braced} \\ text' } };

function append(streamId: string, expectedVersion: number, events: Parameters<typeof appendToStream>[3]) {
  return database.transaction((tx) => appendToStream(tx, streamId, expectedVersion, events));
}

test('the schema can be applied again', async () => {
  await database.query(schema);
});

test('a stream is read as it was appended, versions counting from 1', async () => {
  const stream = newMessageId();
  assert.equal(await append(stream, 0, [created]), 1);
  assert.equal(await append(stream, 1, [paid, paid]), 3);
  const { version, events } = await readStream(database, stream);
  assert.equal(version, 3);
  assert.deepEqual(
    events.map(({ recordedAt, ...event }) => event),
    [
      { version: 1, schemaVersion: 1, ...created },
      { version: 2, schemaVersion: 1, ...paid, metadata: {} },
      { version: 3, schemaVersion: 1, ...paid, metadata: {} },
    ],
  );
  assert.ok(events[0]?.recordedAt instanceof Date);
});

test('an event keeps the version of its shape, and the time that was handed in with it, to the millisecond', async () => {
  const stream = newMessageId();
  const recordedAt = new Date('2026-11-23T12:00:00.123Z');
  await append(stream, 0, [{ ...created, schemaVersion: 2, recordedAt }, paid]);
  const { events } = await readStream(database, stream);
  assert.deepEqual(
    events.map(({ schemaVersion }) => schemaVersion),
    [2, 1],
  );
  assert.deepEqual(events[0]?.recordedAt, recordedAt);
});

test('the id of an event’s message is the same whenever it is derived, and another one for each event', () => {
  const [one, other] = [newMessageId(), newMessageId()];
  assert.equal(eventId('order', one, 1), derivedMessageId(one, 'order-event:1'));
  assert.equal(
    new Set([eventId('order', one, 1), eventId('order', one, 2), eventId('order', other, 1)]).size,
    3,
  );
});

test('a stream that does not exist is empty, at version 0', async () => {
  assert.deepEqual(await readStream(database, newMessageId()), { version: 0, events: [] });
  assert.deepEqual(await readStream(database, newMessageId(), { lock: true }), { version: 0, events: [] });
});

test('appending at another version than expected is refused, and says which it is', async () => {
  const stream = newMessageId();
  await append(stream, 0, [created, paid]);
  for (const expected of [0, 1, 3]) {
    await assert.rejects(append(stream, expected, [paid]), {
      name: 'VersionConflict',
      streamId: stream,
      expected,
      actual: 2,
    });
  }
  assert.equal((await readStream(database, stream)).version, 2);
});

test('a stream that does not exist cannot be extended', async () => {
  await assert.rejects(append(newMessageId(), 1, [paid]), {
    name: 'VersionConflict',
    expected: 1,
    actual: undefined,
  });
});

test('without events nothing is appended', async () => {
  assert.equal(await append(newMessageId(), 7, []), 7);
});

for (const expected of [0, 1]) {
  test(`of two writers that expect version ${expected} the first to commit wins, the other gets a conflict`, async () => {
    const stream = newMessageId();
    if (expected === 1) await append(stream, 0, [created]);
    const firstHasWritten = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    const first = database.transaction(async (tx) => {
      await appendToStream(tx, stream, expected, [paid]);
      firstHasWritten.resolve();
      await mayCommit.promise;
    });
    await firstHasWritten.promise;
    const second = append(stream, expected, [paid, paid]).then(
      () => assert.fail('no conflict'),
      (error: unknown) => error,
    );
    await database.blocked(1);
    mayCommit.resolve();
    await first;
    const conflict = await second;
    assert.ok(conflict instanceof VersionConflict);
    assert.equal(conflict.actual, expected + 1);
    assert.equal(classify(conflict), 'infrastructure');
    assert.equal((await readStream(database, stream)).events.length, expected + 1);
  });
}

test('when the first of two writers rolls back the second goes through', async () => {
  const stream = newMessageId();
  const hasWritten = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<never>();
  const first = database.transaction(async (tx) => {
    await appendToStream(tx, stream, 0, [created]);
    hasWritten.resolve();
    await mayEnd.promise;
  });
  await hasWritten.promise;
  const second = append(stream, 0, [created]);
  await database.blocked(1);
  mayEnd.reject(new Error('rolled back'));
  await assert.rejects(first, /rolled back/);
  assert.equal(await second, 1);
});

test('readers that lock take turns: each sees what the one before appended, and none gets a conflict', async () => {
  const stream = newMessageId();
  await append(stream, 0, [created]);
  const readThenAppend = () =>
    database.transaction(async (tx) => {
      const { version, events } = await readStream(tx, stream, { lock: true });
      assert.equal(events.length, version);
      return appendToStream(tx, stream, version, [paid]);
    });
  const versions = await Promise.all(Array.from({ length: 8 }, readThenAppend));
  assert.deepEqual(
    versions.toSorted((a, b) => a - b),
    [2, 3, 4, 5, 6, 7, 8, 9],
  );
});

test('a large stream keeps its order', async () => {
  const stream = newMessageId();
  await append(
    stream,
    0,
    Array.from({ length: 500 }, (_, n) => ({ type: 'order.noted', data: { n: n + 1 } })),
  );
  const { events } = await readStream(database, stream);
  assert.deepEqual(
    events.map(({ data }) => (data as { n: number }).n),
    events.map(({ version }) => version),
  );
});
