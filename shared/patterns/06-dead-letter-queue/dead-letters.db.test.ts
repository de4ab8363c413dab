import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { newMessageId } from '@conveyor/brokers';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { uniqueName } from '@conveyor/testing/unique-name';
import {
  countDeadLetters,
  findDeadLetter,
  keepDeadLetter,
  listDeadLetters,
  lockDeadLetter,
  oldestDeadLetters,
} from './dead-letters.ts';
import { buildLetter } from './letter.fixture.ts';
import { actionsOf, discardDeadLetter, endDeadLetters } from './letter-actions.ts';

const schema = readFileSync(new URL('schema.sql', import.meta.url), 'utf8');
const at = new Date('2026-11-02T08:00:00.000Z');
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([schema]);
});
after(() => database.drop());

/** So many letters of a consumer of their own, oldest first. */
async function keepLetters(count: number, more: Parameters<typeof buildLetter>[0] = {}) {
  const consumer = uniqueName('consumer');
  const letters = Array.from({ length: count }, () => buildLetter({ consumer, ...more }));
  for (const letter of letters) await keepDeadLetter(database, letter);
  return { consumer, letters, ids: letters.map(({ id }) => id) };
}

test('the schema can be applied again', async () => {
  await database.query(schema);
});

test('a letter comes out as it was put in, and waits', async () => {
  const whole = buildLetter();
  const { error: _error, stackHash: _stackHash, priority: _priority, ...bare } = buildLetter();
  for (const letter of [whole, bare]) {
    assert.equal(await keepDeadLetter(database, letter), 'kept');
    assert.deepEqual(await findDeadLetter(database, letter.id), { ...letter, status: 'waiting' });
  }
});

test('a letter that comes again is one, and stays what has become of it', async () => {
  const letter = buildLetter();
  await keepDeadLetter(database, letter);
  await endDeadLetters(database, [letter.id], { status: 'redriven', who: 'ada', at });
  assert.equal(await keepDeadLetter(database, { ...letter, reason: 'another' }), 'known');
  assert.deepEqual(await findDeadLetter(database, letter.id), { ...letter, status: 'redriven' });
});

test('no character makes a letter that cannot be kept', async () => {
  const odd = 'a\0b\u{1f600}"\\\ud800';
  const letter = buildLetter({
    reason: odd,
    error: odd,
    stackHash: odd,
    attributes: { id: odd, type: odd, subject: odd, [odd]: odd },
    headers: { [odd]: odd },
    history: [{ at: odd, error: odd }],
    origin: { broker: 'kafka', channel: odd, address: { channel: odd, key: odd }, position: odd },
    body: Buffer.from([0, 255, 0]),
    diedAt: new Date(8_640_000_000_000_000),
  });
  await keepDeadLetter(database, letter);
  const kept = await findDeadLetter(database, letter.id);
  assert.deepEqual(
    [kept?.attributes, kept?.headers, kept?.history, kept?.origin, kept?.body, kept?.diedAt],
    [letter.attributes, letter.headers, letter.history, letter.origin, letter.body, letter.diedAt],
  );
  assert.ok(!kept?.reason.includes('\0'));
});

test('letters are listed newest first, page by page, each once', async () => {
  const { consumer, ids } = await keepLetters(5);
  const pageAfter = async (before?: string) =>
    (await listDeadLetters(database, { consumer }, { before, limit: 2 })).map(({ id }) => id);
  const newestFirst = ids.toReversed();
  assert.deepEqual(await pageAfter(), newestFirst.slice(0, 2));
  // What comes meanwhile is newer than all pages that are still to come.
  await keepDeadLetter(database, buildLetter({ consumer }));
  assert.deepEqual(await pageAfter(newestFirst[1]), newestFirst.slice(2, 4));
  assert.deepEqual(await pageAfter(newestFirst[3]), newestFirst.slice(4));
});

test('the list can be narrowed to a consumer and a broker', async () => {
  const { consumer } = await keepLetters(2);
  await keepDeadLetter(database, buildLetter({ consumer, broker: 'kafka' }));
  await keepLetters(1);
  for (const [filter, count] of [
    [{ consumer }, 3],
    [{ consumer, broker: 'kafka' }, 1],
    [{ consumer, broker: 'rabbitmq' }, 2],
    [{ consumer: 'nobody' }, 0],
  ] as const) {
    assert.equal(await countDeadLetters(database, filter), count);
    assert.equal((await listDeadLetters(database, filter, { limit: 10 })).length, count);
  }
});

test('looking changes nothing', async () => {
  const { consumer, ids } = await keepLetters(3);
  const rows = () => database.query('select * from dead_letters where consumer = $1 order by id', [consumer]);
  const before = (await rows()).rows;
  for (let look = 0; look < 20; look += 1) {
    const letters = await listDeadLetters(database, { consumer }, { limit: 10 });
    assert.deepEqual(
      letters.map(({ id }) => id),
      ids.toReversed(),
    );
    for (const id of ids) await findDeadLetter(database, id);
  }
  assert.deepEqual((await rows()).rows, before);
});

test('what is discarded is off the list for good, and remains known who did it', async () => {
  const { consumer, ids } = await keepLetters(2);
  const [id = ''] = ids;
  assert.equal((await discardDeadLetter(database, id, { who: 'ada', at }))?.outcome, 'discarded');
  assert.equal(await findDeadLetter(database, id), undefined);
  assert.equal(await countDeadLetters(database, { consumer }), 1);
  assert.equal(await discardDeadLetter(database, id, { who: 'bob', at }), undefined);
  assert.deepEqual(await actionsOf(database, id), [{ at, who: 'ada', what: 'discarded' }]);
});

test('only what waits can be discarded', async () => {
  const { ids } = await keepLetters(1);
  const [id = ''] = ids;
  assert.equal(await discardDeadLetter(database, newMessageId(), { who: 'ada', at }), undefined);
  await endDeadLetters(database, [id], { status: 'handled', who: 'ada', at });
  assert.equal((await discardDeadLetter(database, id, { who: 'bob', at }))?.outcome, 'already-handled');
  assert.deepEqual(await actionsOf(database, id), [{ at, who: 'ada', what: 'found-handled' }]);
});

test('two who discard one letter at the same time did it once', async () => {
  const { ids } = await keepLetters(1);
  const [id = ''] = ids;
  const begun = await database.transaction(async (tx) => {
    await lockDeadLetter(tx, id);
    const both = ['ada', 'bob'].map((who) => discardDeadLetter(database, id, { who, at }));
    await database.blocked(2);
    return { both };
  });
  const outcomes = await Promise.all(begun.both);
  assert.deepEqual(outcomes.map((one) => one?.outcome).sort(), ['discarded', undefined]);
  assert.equal((await actionsOf(database, id)).length, 1);
});

test('whoever decides about many takes the oldest, and not those about which another decides', async () => {
  const { consumer, letters, ids } = await keepLetters(4);
  const withoutId = buildLetter({ consumer, attributes: { id: 'no uuid' } });
  await keepDeadLetter(database, withoutId);
  const oldest = async (tx: Parameters<typeof oldestDeadLetters>[0], lock: boolean, after?: string) =>
    (await oldestDeadLetters(tx, { consumer }, { after, limit: 2, lock })).map(({ id }) => id);
  await database.transaction(async (tx) => {
    assert.deepEqual(await oldest(tx, true), ids.slice(0, 2));
    await database.transaction(async (another) => {
      assert.deepEqual(await oldest(another, true), ids.slice(2));
      assert.deepEqual(await oldest(another, false), ids.slice(0, 2));
    });
    assert.deepEqual(await oldest(tx, true, ids[2]), ids.slice(3));
  });
  assert.equal(letters.length, 4);
});
