import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { buildMessage } from '@conveyor/testing/build-message';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { appendToOutbox, type OutboxRow } from './outbox.ts';
import { selectWaiting } from './waiting-rows.ts';

const schema = readFileSync(new URL('schema.sql', import.meta.url), 'utf8');
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([schema, 'create table state (id text primary key)']);
});
after(() => database.drop());

function rowTo(channel: string): OutboxRow {
  return { broker: 'kafka', message: buildMessage({ channel }) };
}

async function waitingAt(channel: string) {
  const rows = await selectWaiting(database, 'kafka', 10_000);
  return rows.map((row) => row.message).filter((message) => message.address.channel === channel);
}

test('the schema can be applied again', async () => {
  await database.query(schema);
});

test('messages come out as they were put in, in the given order', async () => {
  const messages = [
    buildMessage({
      channel: 'as-given',
      body: 'first',
      headers: { note: 'a "quoted", {braced} \\ text' },
      priority: 10,
    }),
    buildMessage({ channel: 'as-given', body: '' }),
    buildMessage({ channel: 'as-given', body: '\u0000\u0001 not text', key: '' }),
  ];
  await database.transaction((tx) =>
    appendToOutbox(
      tx,
      messages.map((message) => ({ broker: 'kafka', message })),
    ),
  );
  assert.deepEqual(await waitingAt('as-given'), messages);
});

test('a thousand rows of one statement get their ids in the given order', async () => {
  const rows = Array.from({ length: 1_000 }, () => rowTo('thousand'));
  await database.transaction((tx) => appendToOutbox(tx, rows));
  assert.deepEqual(
    (await waitingAt('thousand')).map((message) => message.attributes.id),
    rows.map((row) => row.message.attributes.id),
  );
});

test('a rollback leaves neither state nor message', async () => {
  const failure = new Error('after the outbox row');
  const work = database.transaction(async (tx) => {
    await tx.query(`insert into state values ('rolled-back')`);
    await appendToOutbox(tx, [rowTo('rolled-back')]);
    throw failure;
  });
  await assert.rejects(work, failure);
  assert.deepEqual(await waitingAt('rolled-back'), []);
  assert.equal((await database.query(`select from state where id = 'rolled-back'`)).rowCount, 0);
});

test('without messages there is no round trip', async () => {
  await appendToOutbox({ query: () => Promise.reject(new Error('a round trip')) }, []);
});

test('a question is refused: it would wait for longer than whoever asked', async () => {
  const message = { ...buildMessage({ channel: 'question' }), transient: true };
  await assert.rejects(appendToOutbox(database, [{ broker: 'kafka', message }]), TypeError);
});
