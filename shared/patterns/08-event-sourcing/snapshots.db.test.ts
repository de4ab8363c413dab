import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { newMessageId } from '@conveyor/brokers';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { appendToStream } from './event-store.ts';
import { replay } from './replay.ts';
import { archiveSnapshots, isDue, keepSnapshot, readTail, type Snapshot } from './snapshots.ts';

const schema = readFileSync(new URL('schema.sql', import.meta.url), 'utf8');
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([schema]);
});
after(() => database.drop());

const nothing = { state: '', version: 0 };
const append = (text: string, { data }: { data: unknown }) => text + (data as { letter: string }).letter;

/** A stream with an event for each of `letters`. */
async function streamOf(letters: string): Promise<string> {
  const stream = newMessageId();
  const events = [...letters].map((letter) => ({ type: 'letter.added', data: { letter } }));
  await database.transaction((tx) => appendToStream(tx, stream, 0, events));
  return stream;
}

function keep(stream: string, version: number, text: string, more: Partial<Snapshot> = {}) {
  return keepSnapshot(database, stream, {
    version,
    schemaVersion: 1,
    state: { text },
    takenAt: new Date(),
    closed: false,
    ...more,
  });
}

async function load(stream: string, options?: { lock?: boolean }) {
  const { snapshot, events } = await database.transaction((tx) => readTail(tx, stream, 1, options));
  const start = snapshot
    ? { state: (snapshot.state as { text: string }).text, version: snapshot.version }
    : nothing;
  return { read: events.length, ...replay(start, events, append) };
}

test('with a snapshot only what came after it is read, and the state is the same', async () => {
  const stream = await streamOf('abcdef');
  deepStrictEqual(await load(stream), { read: 6, state: 'abcdef', version: 6 });
  await keep(stream, 4, 'abcd');
  deepStrictEqual(await load(stream), { read: 2, state: 'abcdef', version: 6 });
  await keep(stream, 6, 'abcdef');
  deepStrictEqual(await load(stream, { lock: true }), { read: 0, state: 'abcdef', version: 6 });
});

test('a stream without a snapshot is read whole, and one that does not exist is empty', async () => {
  deepStrictEqual(await load(await streamOf('ab'), { lock: true }), { read: 2, state: 'ab', version: 2 });
  deepStrictEqual(await load(newMessageId()), { read: 0, ...nothing });
});

test('a snapshot in the shape of another release is thrown away: the stream is read whole', async () => {
  const stream = await streamOf('abc');
  await keep(stream, 3, 'in another alphabet', { schemaVersion: 2 });
  deepStrictEqual(await load(stream), { read: 3, state: 'abc', version: 3 });
  await keep(stream, 3, 'abc');
  deepStrictEqual(await load(stream), { read: 0, state: 'abc', version: 3 });
});

test('while one loads with a lock, nobody else appends', async () => {
  const stream = await streamOf('ab');
  await keep(stream, 2, 'ab');
  const more = [{ type: 'letter.added', data: { letter: 'c' } }];
  const both = Array.from({ length: 5 }, () =>
    database.transaction(async (tx) => {
      const { snapshot, events } = await readTail(tx, stream, 1, { lock: true });
      await appendToStream(tx, stream, (snapshot?.version ?? 0) + events.length, more);
    }),
  );
  await Promise.all(both);
  deepStrictEqual(await load(stream), { read: 5, state: 'abccccc', version: 7 });
});

test('a snapshot is due at every so many events, also if several come at once', () => {
  strictEqual(isDue(10, 8, 9), false);
  strictEqual(isDue(10, 9, 10), true);
  strictEqual(isDue(10, 10, 11), false);
  strictEqual(isDue(10, 9, 12), true);
  strictEqual(isDue(10, 0, 35), true);
});

test('what is closed and old is archived, once and a bounded number at a time; its stream stays', async () => {
  const [yesterday, today, tomorrow] = [
    new Date('2026-11-22T12:00:00Z'),
    new Date('2026-11-23T12:00:00Z'),
    new Date('2026-11-24T12:00:00Z'),
  ];
  const old = await Promise.all(['a', 'b', 'c'].map((letter) => streamOf(letter)));
  const [open, young] = [await streamOf('d'), await streamOf('e')];
  for (const stream of old) await keep(stream, 1, '', { takenAt: yesterday, closed: true });
  await keep(open, 1, '', { takenAt: yesterday });
  await keep(young, 1, '', { takenAt: tomorrow, closed: true });

  const archive = () => database.transaction((tx) => archiveSnapshots(tx, today, 2));
  const [first, second] = await Promise.all([archive(), archive()]);
  const archived = [...first, ...second, ...(await archive())];
  deepStrictEqual(archived.toSorted(), old.toSorted());
  deepStrictEqual(await archive(), []);
  for (const stream of old) strictEqual((await load(stream)).read, 1);
  ok((await load(young)).read === 0 && (await load(open)).read === 0);
});
