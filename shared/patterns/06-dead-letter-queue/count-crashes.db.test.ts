import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Delivery } from '@conveyor/brokers';
import { eventually } from '@conveyor/testing/eventually';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import type { Attempt } from './attempt.ts';
import { countCrashes } from './count-crashes.ts';
import type { Failure } from './failure.ts';
import { Solitude } from './solitude.ts';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase([await readFile(new URL('schema.sql', import.meta.url), 'utf8')]);
});
after(() => database.drop());

const { signal } = new AbortController();
const never = new Promise<never>(() => {});

const delivery = (id: string, redelivered: boolean): Delivery => ({
  attributes: { id },
  headers: {},
  body: Buffer.from('{}'),
  origin: { broker: 'rabbitmq', channel: 'work', address: { channel: '', key: 'work' } },
  redelivered,
});

/** A life of the process. What it has in hand at its end never ends: that is how a process dies. */
function life(consumer: string, attempt: Attempt, solitude = new Solitude(60_000)) {
  const givenUp: Failure[] = [];
  const handle = countCrashes({
    consumer,
    database,
    holder: randomUUID(),
    solitude,
    deaths: 3,
    attempt,
    giveUp: async (_delivery, failure) => void givenUp.push(failure),
  });
  return { givenUp, handle: (id: string, redelivered = true) => handle(delivery(id, redelivered), signal) };
}

/** Resolves once the life has the message in hand. */
async function dieWith(consumer: string, id: string, redelivered = true): Promise<void> {
  const begun = Promise.withResolvers<void>();
  const { handle } = life(consumer, () => {
    begun.resolve();
    return never;
  });
  void handle(id, redelivered);
  await begun.promise;
}

const rowsOf = async (consumer: string) =>
  (
    await database.query<{ crashes: number }>('select crashes from crash_counts where consumer = $1', [
      consumer,
    ])
  ).rows;

test('a message that is known to have killed three processes is given up, without another try', async () => {
  const [consumer, id] = [randomUUID(), randomUUID()];
  await dieWith(consumer, id, false);
  for (let known = 1; known <= 3; known += 1) await dieWith(consumer, id);
  const { handle, givenUp } = life(consumer, () => assert.fail('tried once more'));
  assert.equal(await handle(id), 'given-up');
  assert.deepEqual(
    givenUp.map(({ reason, attempts }) => [reason, attempts]),
    [['process-died', 3]],
  );
  assert.deepEqual(await rowsOf(consumer), []);
});

test('a process that lives is blamed on no message, however often that fails or goes back', async () => {
  const [consumer, id] = [randomUUID(), randomUUID()];
  const { handle, givenUp } = life(consumer, () => Promise.reject(new Error('back to the broker')));
  for (let n = 0; n < 10; n += 1) await assert.rejects(handle(id));
  assert.deepEqual(givenUp, []);
  assert.deepEqual(await rowsOf(consumer), [{ crashes: 0 }]);
});

test('known deaths are not forgotten when the message goes back to the broker meanwhile', async () => {
  const [consumer, id] = [randomUUID(), randomUUID()];
  for (let known = 1; known <= 2; known += 1) await dieWith(consumer, id);
  const { handle } = life(consumer, () => Promise.reject(new Error('back to the broker')));
  await assert.rejects(handle(id));
  await dieWith(consumer, id);
  const { handle: handleAgain } = life(consumer, () => assert.fail('tried once more'));
  assert.equal(await handleAgain(id), 'given-up');
});

test('what another process has in hand is not forgotten by one that is through with its own delivery', async () => {
  const [consumer, id] = [randomUUID(), randomUUID()];
  const late = Promise.withResolvers<'done'>();
  const slow = life(consumer, () => late.promise);
  const handling = slow.handle(id);
  await eventually(async () => assert.equal((await rowsOf(consumer)).length, 1));
  await dieWith(consumer, id);
  late.resolve('done');
  await handling;
  assert.equal((await rowsOf(consumer)).length, 1);
});

test('what comes for the first time leaves no row', async () => {
  const [consumer, id] = [randomUUID(), randomUUID()];
  await dieWith(consumer, id, false);
  assert.deepEqual(await rowsOf(consumer), []);
});

test('one with which a process died is handled alone, so that its neighbours are not blamed with it', async () => {
  const consumer = randomUUID();
  const [guilty, neighbour] = [randomUUID(), randomUUID()];
  // Both are in hand at the first two deaths; from then on the guilty one is alone when it kills.
  for (const redelivered of [false, true]) {
    const inHand = Promise.withResolvers<void>();
    let count = 0;
    const { handle } = life(consumer, () => {
      count += 1;
      if (count === 2) inHand.resolve();
      return never;
    });
    void handle(guilty, redelivered);
    void handle(neighbour, redelivered);
    await inHand.promise;
  }
  const begun: string[] = [];
  const dying = Promise.withResolvers<void>();
  const { handle } = life(consumer, ({ attributes }) => {
    begun.push(attributes['id'] ?? '');
    dying.resolve();
    return never;
  });
  void handle(guilty);
  await dying.promise;
  void handle(neighbour);
  void handle(randomUUID(), false);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(begun, [guilty]);

  const { rows } = await database.query<{ message_id: string; crashes: number }>(
    'select message_id, crashes from crash_counts where consumer = $1 order by crashes',
    [consumer],
  );
  assert.deepEqual(
    rows.map(({ message_id, crashes }) => [message_id, crashes]),
    [
      [neighbour, 0],
      [guilty, 1],
    ],
  );
});

test('what has been in hand for long without harm is not held responsible', async () => {
  const [consumer, id] = [randomUUID(), randomUUID()];
  await dieWith(consumer, id);
  const { handle } = life(consumer, () => never, new Solitude(20));
  void handle(id);
  await database.query('select'); // A round trip, so that the row is there.
  const { handle: handleOther } = life(consumer, async () => 'done', new Solitude(20));
  assert.equal(await handleOther(randomUUID()), 'done');
  await eventually(async () => assert.deepEqual(await rowsOf(consumer), []));
});
