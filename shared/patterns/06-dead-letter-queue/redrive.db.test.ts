import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Address, newMessageId } from '@conveyor/brokers';
import { wasHandled } from '@conveyor/patterns/idempotent-consumer/inbox';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { uniqueName } from '@conveyor/testing/unique-name';
import { beginHandling, crashesOf, pruneCrashCounts } from './crash-counts.ts';
import type { DeadLetter } from './dead-letter.ts';
import { countDeadLetters, findDeadLetter, keepDeadLetter } from './dead-letters.ts';
import { buildLetter } from './letter.fixture.ts';
import { actionsOf, discardDeadLetter, pruneDeadLetters } from './letter-actions.ts';
import { type RedriveSurroundings, redrive, redriveMany } from './redrive.ts';
import { findMoved, type Handling, pruneRetries, recordDeath, recordRetry } from './retries.ts';

const schemas = [
  'schema.sql',
  '../11-idempotent-consumer/schema.sql',
  '../16-transactional-outbox/schema.sql',
].map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'));
const now = new Date('2026-11-02T08:00:00.000Z');
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([...schemas, 'create table records (letter_id uuid)']);
});
after(() => database.drop());

const backTo = (broker: string, consumer: string, key: string): Address => ({
  channel: `${broker} ${consumer}`,
  key,
});

function surroundings(more: Partial<RedriveSurroundings> = {}) {
  const woken: string[] = [];
  const all: RedriveSurroundings = {
    database,
    addressOf: backTo,
    checkBody: () => ({ dataschema: 'urn:conveyor:payment.charge:2' }),
    async record(tx, letters) {
      for (const { id } of letters) await tx.query('insert into records values ($1)', [id]);
    },
    wake: (letters) => woken.push(...letters.map(({ id }) => id)),
    ...more,
  };
  return { ...all, woken };
}

const by = (who: string) => ({ who, now, dryRun: false });

async function keep(more: Partial<DeadLetter> = {}): Promise<DeadLetter> {
  const letter = buildLetter(more);
  await keepDeadLetter(database, letter);
  return letter;
}

/** A consumer of its own with so many letters, oldest first. */
async function keepMany(count: number) {
  const consumer = uniqueName('consumer');
  const letters: DeadLetter[] = [];
  for (let n = 0; n < count; n += 1) letters.push(await keep({ consumer }));
  return { consumer, letters };
}

async function sentOf({ attributes }: DeadLetter) {
  const { rows } = await database.query(
    `select broker, channel, routing_key, ordering_key, attributes, headers, body, priority
     from outbox where message_id = $1`,
    [attributes.id],
  );
  return rows;
}

async function markHandled({ consumer, attributes }: DeadLetter): Promise<void> {
  await database.query('insert into inbox (message_id, consumer) values ($1, $2)', [attributes.id, consumer]);
}

async function stateOf({ id }: DeadLetter) {
  const actions = await actionsOf(database, id);
  const { rows } = await database.query('select from records where letter_id = $1', [id]);
  return {
    status: (await findDeadLetter(database, id))?.status,
    actions: actions.map(({ who, what }) => `${what} by ${who}`),
    recorded: rows.length,
  };
}

const untouched = { status: 'waiting', actions: [], recorded: 0 };

test('a message is sent once more, with its id, to whoever failed; who did it is written down', async () => {
  const kit = surroundings();
  const letter = await keep();
  assert.deepEqual(await redrive(kit, { id: letter.id, ...by('ada') }), {
    outcome: 'redriven',
    letter: { ...letter, status: 'waiting' },
  });
  assert.deepEqual(await sentOf(letter), [
    {
      broker: 'rabbitmq',
      channel: 'rabbitmq payment.charge',
      routing_key: 'payment.charge',
      ordering_key: letter.attributes['subject'],
      attributes: letter.attributes,
      headers: { note: 'its own', due: String(now.getTime()) },
      body: letter.body,
      priority: 5,
    },
  ]);
  assert.deepEqual(await stateOf(letter), { status: 'redriven', actions: ['redriven by ada'], recorded: 1 });
  assert.deepEqual(kit.woken, [letter.id]);
});

test('redriven twice it is sent once', async () => {
  const kit = surroundings();
  const letter = await keep();
  await redrive(kit, { id: letter.id, ...by('ada') });
  const again = await redrive(kit, { id: letter.id, ...by('bob') });
  assert.ok(again && 'outcome' in again && again.outcome === 'already-handled');
  assert.equal((await sentOf(letter)).length, 1);
  assert.deepEqual((await stateOf(letter)).actions, ['redriven by ada']);
  assert.deepEqual(kit.woken, [letter.id]);
});

test('redriven by two at the same time it is sent once', async () => {
  const letter = await keep();
  const kit = surroundings({
    async record() {
      // Commits only when the other has begun and waits.
      await database.blocked(1);
    },
  });
  const outcomes = await Promise.all(
    ['ada', 'bob'].map(async (who) => redrive(kit, { id: letter.id, ...by(who) })),
  );
  assert.deepEqual(outcomes.map((each) => each && 'outcome' in each && each.outcome).sort(), [
    'already-handled',
    'redriven',
  ]);
  assert.equal((await sentOf(letter)).length, 1);
  assert.equal((await stateOf(letter)).actions.length, 1);
});

test('what was handled meanwhile is not sent, and no longer waits', async () => {
  const letter = await keep();
  await markHandled(letter);
  const kit = surroundings();
  const found = await redrive(kit, { id: letter.id, ...by('ada') });
  assert.ok(found && 'outcome' in found && found.outcome === 'already-handled');
  assert.deepEqual(await sentOf(letter), []);
  assert.deepEqual(await stateOf(letter), {
    status: 'handled',
    actions: ['found-handled by ada'],
    recorded: 0,
  });
  assert.deepEqual(kit.woken, []);
});

test('that another consumer has handled it means nothing', async () => {
  const letter = await keep();
  await markHandled({ ...letter, consumer: 'order.events' });
  await redrive(surroundings(), { id: letter.id, ...by('ada') });
  assert.equal((await sentOf(letter)).length, 1);
});

test('a dry run says what would happen, and changes nothing', async () => {
  const [waiting, handled] = [await keep(), await keep()];
  await markHandled(handled);
  const kit = surroundings();
  const outcomeOf = async ({ id }: DeadLetter) => {
    const done = await redrive(kit, { id, ...by('ada'), dryRun: true });
    return done && 'outcome' in done && done.outcome;
  };
  assert.deepEqual(
    [await outcomeOf(waiting), await outcomeOf(handled)],
    ['would-redrive', 'already-handled'],
  );
  for (const letter of [waiting, handled]) {
    assert.deepEqual(await stateOf(letter), untouched);
    assert.deepEqual(await sentOf(letter), []);
  }
  assert.deepEqual(kit.woken, []);
});

test('what there is not, or no more, cannot be redriven', async () => {
  const letter = await keep();
  await discardDeadLetter(database, letter.id, { who: 'ada', at: now });
  for (const id of [letter.id, newMessageId()]) {
    assert.equal(await redrive(surroundings(), { id, ...by('bob') }), undefined);
  }
  assert.deepEqual(await sentOf(letter), []);
});

test('an edited body is sent in the version of today, and kept with the name of its author', async () => {
  const letter = await keep();
  const body = Buffer.from('{"amount":2}');
  await redrive(surroundings(), { id: letter.id, body, ...by('ada') });
  const [sent] = await sentOf(letter);
  assert.deepEqual(sent?.['body'], body);
  assert.deepEqual(sent?.['attributes'], {
    ...letter.attributes,
    dataschema: 'urn:conveyor:payment.charge:2',
  });
  const { rows } = await database.query(
    'select who, edited_body from dead_letter_actions where dead_letter_id = $1',
    [letter.id],
  );
  assert.deepEqual(rows, [{ who: 'ada', edited_body: body }]);
  assert.deepEqual((await findDeadLetter(database, letter.id))?.body, letter.body);
});

test('an edited body that cannot be read is refused before anything changes', async () => {
  const letter = await keep();
  const refusal = { path: '/amount', detail: 'must be a number' };
  const kit = surroundings({ checkBody: () => refusal });
  const refused = await redrive(kit, { id: letter.id, body: Buffer.from('?'), ...by('ada') });
  assert.deepEqual(refused, { refused: refusal });
  assert.deepEqual(await stateOf(letter), untouched);
  assert.deepEqual(await sentOf(letter), []);
});

test('a message without an id of its own can only be discarded', async () => {
  const letter = await keep({ attributes: { id: '17', type: 'payment.charge' } });
  const refused = await redrive(surroundings(), { id: letter.id, ...by('ada') });
  assert.ok(refused && 'refused' in refused && refused.refused.path === '/id');
  assert.deepEqual(await stateOf(letter), untouched);
});

test('whatever fails in the middle, nothing has happened', async () => {
  const letter = await keep();
  const kit = surroundings({ record: () => Promise.reject(new Error('no more paper')) });
  await assert.rejects(redrive(kit, { id: letter.id, ...by('ada') }), /no more paper/);
  assert.deepEqual(await stateOf(letter), untouched);
  assert.deepEqual(await sentOf(letter), []);
  assert.deepEqual(kit.woken, []);
});

test('a redriven message is tried as if it were new', async () => {
  const letter = await keep();
  const { consumer, attributes } = letter;
  const handling = { consumer, messageId: attributes.id ?? '' };
  const holder = newMessageId();
  await recordDeath(database, handling, { attempt: 4, headers: {} });
  await beginHandling(database, handling, holder);
  await redrive(surroundings(), { id: letter.id, ...by('ada') });
  assert.equal(await findMoved(database, handling), undefined);
  assert.equal(await crashesOf(database, handling, newMessageId()), 0);
});

test('what others of its key wait behind stays until its consumer has let them go on', async () => {
  const letter = await keep({ broker: 'kafka' });
  const handling = { consumer: letter.consumer, messageId: letter.attributes.id ?? '' };
  await recordRetry(database, handling, { attempt: 2, headers: {}, orderingKey: 'a-key' });
  await recordDeath(database, handling, { attempt: 2, headers: {} });
  await redrive(surroundings(), { id: letter.id, ...by('ada') });
  // Still the head, and tried like a new message when it comes.
  assert.deepEqual(await findMoved(database, handling), { attempt: 1, headers: {}, givenUp: false });
});

test('many are redriven, the oldest first, up to the limit', async () => {
  const { consumer, letters } = await keepMany(5);
  const kit = surroundings();
  assert.deepEqual(await redriveMany(kit, { filter: { consumer }, limit: 3, ...by('ada') }), {
    sent: 3,
    handled: 0,
  });
  assert.deepEqual(
    kit.woken,
    letters.slice(0, 3).map(({ id }) => id),
  );
  assert.deepEqual(await redriveMany(kit, { filter: { consumer }, limit: 3, ...by('ada') }), {
    sent: 2,
    handled: 0,
  });
  for (const letter of letters) assert.equal((await sentOf(letter)).length, 1);
});

test('among many, what was handled is found, what cannot be sent is passed over, and all others go', async () => {
  const { consumer, letters } = await keepMany(4);
  const [first, second] = letters as [DeadLetter, DeadLetter];
  await markHandled(first);
  await database.query(`update dead_letters set headers = '{"a":"\\u0000"}' where id = $1`, [second.id]);
  const without = await keep({ consumer, attributes: {} });
  const redriveAll = (dryRun: boolean) =>
    redriveMany(surroundings(), { filter: { consumer }, limit: 100, ...by('ada'), dryRun });

  assert.deepEqual(await redriveAll(true), { sent: 2, handled: 1 });
  for (const letter of letters) assert.deepEqual((await stateOf(letter)).actions, []);
  assert.deepEqual(await redriveAll(false), { sent: 2, handled: 1 });
  assert.deepEqual(
    (await Promise.all([...letters, without].map(stateOf))).map(({ status }) => status),
    ['handled', 'waiting', 'redriven', 'redriven', 'waiting'],
  );
  assert.deepEqual(await redriveAll(false), { sent: 0, handled: 0 });
});

test('hundreds of letters that can only be discarded do not stand in the way of one behind them', async () => {
  const { consumer, letters } = await keepMany(201);
  const last = letters.at(-1) as DeadLetter;
  await database.query(
    `update dead_letters set headers = '{"a":"\\u0000"}' where consumer = $1 and id <> $2`,
    [consumer, last.id],
  );
  const all = { filter: { consumer }, limit: 10, ...by('ada') };
  assert.deepEqual(await redriveMany(surroundings(), all), { sent: 1, handled: 0 });
  assert.equal((await sentOf(last)).length, 1);
});

test('many are redriven by two at the same time: each letter by one of them', async () => {
  const { consumer, letters } = await keepMany(250);
  const results = await Promise.all(
    ['ada', 'bob'].map((who) =>
      redriveMany(surroundings(), { filter: { consumer }, limit: 1_000, ...by(who) }),
    ),
  );
  assert.equal(
    results.reduce((sum, { sent }) => sum + sent, 0),
    250,
  );
  const states = await Promise.all(letters.map(stateOf));
  assert.ok(states.every(({ status, actions }) => status === 'redriven' && actions.length === 1));
});

/** A database whose transaction number `doomed` loses its connection before it commits. */
function dying(doomed: number): Database {
  let begun = 0;
  return {
    async transaction(work) {
      begun += 1;
      if (begun !== doomed) return database.transaction(work);
      return database.transaction(async (tx) => {
        const result = await work(tx);
        await tx.query('select pg_terminate_backend(pg_backend_pid())');
        return result;
      });
    },
  };
}

for (const doomed of [1, 2, 3]) {
  test(`killed in hundred number ${doomed}, those before it are redriven, and none is lost or doubled`, async () => {
    const { consumer, letters } = await keepMany(250);
    const request = { filter: { consumer }, limit: 1_000, ...by('ada') };
    const kit = surroundings({ database: dying(doomed) });
    await assert.rejects(redriveMany(kit, request));
    const committed = (doomed - 1) * 100;
    assert.equal(await countDeadLetters(database, { consumer }), 250 - committed);
    assert.equal(kit.woken.length, committed);
    for (const [index, letter] of letters.entries()) {
      assert.equal((await sentOf(letter)).length, index < committed ? 1 : 0);
    }

    assert.equal((await redriveMany(surroundings(), request)).sent, 250 - committed);
    for (const letter of letters) {
      assert.equal((await sentOf(letter)).length, 1);
      assert.deepEqual(await stateOf(letter), {
        status: 'redriven',
        actions: ['redriven by ada'],
        recorded: 1,
      });
    }
  });
}

test('what is redriven is not handled by that: the consumer still has to', async () => {
  const letter = await keep();
  await redrive(surroundings(), { id: letter.id, ...by('ada') });
  assert.equal(await wasHandled(database, letter.consumer, letter.attributes.id ?? ''), false);
});

/** As if the rows of this consumer had been written 40 days ago. */
async function age(table: 'retries' | 'crash_counts' | 'dead_letters', consumer: string): Promise<void> {
  const changes = {
    retries: `changed_at = now() - interval '40 days'`,
    crash_counts: `begun_at = array[now() - interval '40 days']`,
    dead_letters: `died_at = now() - interval '40 days'`,
  };
  await database.query(`update ${table} set ${changes[table]} where consumer = $1`, [consumer]);
}

test('of what failed only what is old is forgotten, and never a message that others wait for', async () => {
  const consumer = uniqueName('consumer');
  const [dead, waiting, head, young] = Array.from({ length: 4 }, () => ({
    consumer,
    messageId: newMessageId(),
  })) as [Handling, Handling, Handling, Handling];
  const moved = { attempt: 2, headers: {} };
  await recordDeath(database, dead, moved);
  await recordRetry(database, waiting, moved);
  await recordRetry(database, head, { ...moved, orderingKey: 'a-key' });
  await age('retries', consumer);
  await recordDeath(database, young, moved);

  assert.equal(await pruneRetries(database, 41), 0);
  assert.equal(await pruneRetries(database, 30, 1), 1);
  assert.equal(await pruneRetries(database, 30), 1);
  const left = await Promise.all([dead, waiting, head, young].map((each) => findMoved(database, each)));
  assert.deepEqual(
    left.map((each) => each !== undefined),
    [false, false, true, true],
  );
});

test('of crashes only what is old is forgotten', async () => {
  const [old, young] = [uniqueName('consumer'), uniqueName('consumer')];
  const messageId = newMessageId();
  const [dead, living] = [newMessageId(), newMessageId()];
  for (const consumer of [old, young]) await beginHandling(database, { consumer, messageId }, dead);
  await age('crash_counts', old);
  assert.equal(await pruneCrashCounts(database, 41), 0);
  assert.equal(await pruneCrashCounts(database, 30), 1);
  assert.equal(await crashesOf(database, { consumer: old, messageId }, living), 0);
  assert.equal(await crashesOf(database, { consumer: young, messageId }, living), 1);
});

test('of dead letters only those go that have ended long ago; who did it is kept', async () => {
  // Those of the tests before have dates of their own, and pruning asks for no consumer.
  await database.query('delete from dead_letters');
  const { consumer, letters } = await keepMany(3);
  const [ended, other, waiting] = letters as [DeadLetter, DeadLetter, DeadLetter];
  for (const { id } of [ended, other]) await discardDeadLetter(database, id, { at: now, who: 'ada' });
  await age('dead_letters', consumer);
  const young = await keep({ consumer, diedAt: new Date() });
  await discardDeadLetter(database, young.id, { at: now, who: 'ada' });

  assert.equal(await pruneDeadLetters(database, 41), 0);
  assert.equal(await pruneDeadLetters(database, 30, 1), 1);
  assert.equal(await pruneDeadLetters(database, 30), 1);
  const { rows } = await database.query('select id from dead_letters where consumer = $1 order by id', [
    consumer,
  ]);
  assert.deepEqual(
    rows.map(({ id }) => id),
    [waiting.id, young.id],
  );
  assert.equal((await actionsOf(database, ended.id)).length, 1);
});
