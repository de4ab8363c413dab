import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { newMessageId } from '@conveyor/brokers';
import type { OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { buildMessage } from '@conveyor/testing/build-message';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { uniqueName } from '@conveyor/testing/unique-name';
import { handleOnce } from './idempotent-consumer.ts';
import { pruneInbox, wasHandled } from './inbox.ts';

const schemas = ['schema.sql', '../16-transactional-outbox/schema.sql'].map((name) =>
  readFileSync(new URL(name, import.meta.url), 'utf8'),
);
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([...schemas, 'create table effects (message_id uuid)']);
});
after(() => database.drop());

interface Message {
  readonly id: string;
}

function newMessage(): Message {
  return { id: newMessageId() };
}

async function effectsOf(message: Message): Promise<number> {
  const { rows } = await database.query('select from effects where message_id = $1', [message.id]);
  return rows.length;
}

async function isSent(row: OutboxRow): Promise<boolean> {
  const { rows } = await database.query('select from outbox where message_id = $1', [
    row.message.attributes.id,
  ]);
  return rows.length > 0;
}

/** A handler whose effect is a row that nothing but the inbox keeps from being written twice. */
function handler(more: Partial<Parameters<typeof handleOnce<Message>>[0]> = {}) {
  return handleOnce<Message>({
    consumer: uniqueName('consumer'),
    database,
    handle: async (tx, message) => {
      await tx.query('insert into effects values ($1)', [message.id]);
      return [];
    },
    wakeRelays: () => {},
    ...more,
  });
}

test('the schema can be applied again', async () => {
  await database.query(schemas[0] ?? '');
});

test('a message that is delivered again has no second effect', async () => {
  const message = newMessage();
  const handle = handler();
  assert.equal(await handle(message), 'handled');
  assert.equal(await handle(message), 'duplicate');
  assert.equal(await effectsOf(message), 1);
});

test('deliveries at the same time have one effect together', async () => {
  const message = newMessage();
  const handle = handler({
    handle: async (tx) => {
      await tx.query('insert into effects values ($1)', [message.id]);
      // Commits only when all the others have begun and wait.
      await database.blocked(7);
      return [];
    },
  });
  const results = await Promise.all(Array.from({ length: 8 }, () => handle(message)));
  assert.equal(results.filter((result) => result === 'handled').length, 1);
  assert.equal(await effectsOf(message), 1);
});

test('a second delivery waits for the first, and handles the message when that fails', async () => {
  const message = newMessage();
  const firstIsIn = Promise.withResolvers<void>();
  const firstFails = Promise.withResolvers<never>();
  let calls = 0;
  const handle = handler({
    handle: async (tx) => {
      calls += 1;
      if (calls === 1) {
        firstIsIn.resolve();
        await firstFails.promise;
      }
      await tx.query('insert into effects values ($1)', [message.id]);
      return [];
    },
  });
  const first = handle(message);
  await firstIsIn.promise;
  const second = handle(message);
  await database.blocked(1);
  firstFails.reject(new Error('crashed'));
  await assert.rejects(first, /crashed/);
  assert.equal(await second, 'handled');
  assert.equal(await effectsOf(message), 1);
});

test('a handler that throws leaves nothing: no effect, no inbox row, no message; the next delivery is handled', async () => {
  const message = newMessage();
  const consumer = uniqueName('consumer');
  const failing = handler({
    consumer,
    handle: async (tx) => {
      await tx.query('insert into effects values ($1)', [message.id]);
      throw new Error('in the middle');
    },
  });
  await assert.rejects(failing(message), /in the middle/);
  assert.equal(await effectsOf(message), 0);
  assert.equal(await wasHandled(database, consumer, message.id), false);
  assert.equal(await handler({ consumer })(message), 'handled');
});

test('each consumer handles a message once, whatever the others did', async () => {
  const message = newMessage();
  assert.equal(await handler()(message), 'handled');
  assert.equal(await handler()(message), 'handled');
  assert.equal(await effectsOf(message), 2);
});

test('the messages that a handler returns are committed with its effect, and the relays woken after that', async () => {
  const row: OutboxRow = { broker: 'rabbitmq', message: buildMessage({ channel: 'somewhere' }) };
  const woken: Promise<boolean>[] = [];
  const handle = handler({
    handle: async () => [row],
    // Looks over another connection: it sees the row only if that has been committed.
    wakeRelays: (rows) => woken.push(isSent(rows[0] as OutboxRow)),
  });
  const message = newMessage();
  await handle(message);
  await handle(message);
  assert.deepEqual(await Promise.all(woken), [true]);
});

test('when a returned message cannot be written the effect is undone', async () => {
  const message = newMessage();
  const handle = handler({
    handle: async (tx: Tx) => {
      await tx.query('insert into effects values ($1)', [message.id]);
      return [
        { broker: 'kafka', message: buildMessage({ channel: 'somewhere', attributes: { id: 'no uuid' } }) },
      ];
    },
  });
  await assert.rejects(handle(message));
  assert.equal(await effectsOf(message), 0);
});

test('pruning deletes old rows only, a limited number at a time', async () => {
  const consumer = uniqueName('pruned');
  const ages = [40, 39, 38, 1];
  const ids = ages.map(() => newMessageId());
  await database.query(
    `insert into inbox select id, $1, now() - make_interval(days => age) from unnest($2::uuid[], $3::int[]) as given (id, age)`,
    [consumer, ids, ages],
  );
  assert.equal(await database.transaction((tx) => pruneInbox(tx, 30, 2)), 2);
  assert.equal(await database.transaction((tx) => pruneInbox(tx, 30, 2)), 1);
  assert.equal(await database.transaction((tx) => pruneInbox(tx, 30, 2)), 0);
  assert.deepEqual(await Promise.all(ids.map((id) => wasHandled(database, consumer, id))), [
    false,
    false,
    false,
    true,
  ]);
});
