import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { newMessageId } from '@conveyor/brokers';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { uniqueName } from '@conveyor/testing/unique-name';
import { groupCommit } from './group-commit.ts';
import { handleOnce } from './idempotent-consumer.ts';

let database: TestDatabase;
before(async () => {
  const schemas = ['schema.sql', '../16-transactional-outbox/schema.sql'].map((name) =>
    readFile(new URL(name, import.meta.url), 'utf8'),
  );
  database = await createTestDatabase([
    ...(await Promise.all(schemas)),
    'create table effects (name text, transaction xid8 default pg_current_xact_id())',
  ]);
});
after(() => database.drop());

const write = (name: string) => async (tx: Tx) => {
  await tx.query('insert into effects (name) values ($1)', [name]);
  return name;
};

/** Keeps a transaction open until it is let go. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, open: resolve };
}

async function transactionsOf(names: readonly string[]): Promise<readonly string[]> {
  const { rows } = await database.query<{ transaction: string }>(
    'select transaction::text from effects where name = any($1) order by name',
    [names],
  );
  return rows.map(({ transaction }) => transaction);
}

test('what comes while a transaction is under way shares the next one, and each gets its own answer', async () => {
  const { transaction } = groupCommit(database, { lanes: 1 });
  const { work, open } = gate();
  const first = transaction(work);
  const names = Array.from({ length: 10 }, () => uniqueName('effect'));
  const others = Promise.all(names.map((name) => transaction(write(name))));
  deepStrictEqual(await transactionsOf(names), []);
  open();
  await first;
  deepStrictEqual(await others, names);
  const transactions = await transactionsOf(names);
  deepStrictEqual([transactions.length, new Set(transactions).size], [10, 1]);
});

test('no transaction is shared by more than it is meant for', async () => {
  const { transaction } = groupCommit(database, { lanes: 1, atMost: 3 });
  const { work, open } = gate();
  const first = transaction(work);
  const names = Array.from({ length: 7 }, () => uniqueName('effect'));
  const others = Promise.all(names.map((name) => transaction(write(name))));
  open();
  await Promise.all([first, others]);
  const sizes = [...Map.groupBy(await transactionsOf(names), (id) => id).values()].map((of) => of.length);
  deepStrictEqual(sizes.sort(), [1, 3, 3]);
});

test('a message that fails takes no neighbour with it: all others are handled once, it is not at all', async () => {
  const transactions = groupCommit(database, { lanes: 1 });
  const { work, open } = gate();
  const first = transactions.transaction(work);
  const messages = Array.from({ length: 8 }, () => ({ id: newMessageId() }));
  const poison = messages[4];
  let tries = 0;
  const handle = handleOnce<{ id: string }>({
    consumer: uniqueName('consumer'),
    database: transactions,
    handle: async (tx, message) => {
      await write(message.id)(tx);
      if (message === poison) {
        tries += 1;
        throw new Error('poison');
      }
      return [];
    },
    wakeRelays: () => {},
  });
  const all = Promise.allSettled(messages.map((message) => handle(message)));
  open();
  await first;
  deepStrictEqual(
    (await all).map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason))),
    messages.map((message) => (message === poison ? 'Error: poison' : 'handled')),
  );
  strictEqual(tries, 1);
  for (const message of messages) {
    strictEqual((await transactionsOf([message.id])).length, message === poison ? 0 : 1);
  }
});

test('a message that comes twice into one transaction has one effect', async () => {
  const transactions = groupCommit(database, { lanes: 1 });
  const { work, open } = gate();
  const first = transactions.transaction(work);
  const message = { id: newMessageId() };
  const handle = handleOnce<{ id: string }>({
    consumer: uniqueName('consumer'),
    database: transactions,
    handle: async (tx, { id }) => {
      await write(id)(tx);
      return [];
    },
    wakeRelays: () => {},
  });
  const both = Promise.all([handle(message), handle(message)]);
  open();
  await first;
  deepStrictEqual(await both, ['handled', 'duplicate']);
  strictEqual((await transactionsOf([message.id])).length, 1);
});

test('when the answer to a commit is lost all is done again, and the inbox makes each of them a duplicate', async () => {
  let transactions = 0;
  const losesTheSecondAnswer: Database = {
    async transaction(work) {
      transactions += 1;
      const isLost = transactions === 2;
      const result = await database.transaction(work);
      if (isLost) throw new Error('the connection was lost');
      return result;
    },
  };
  const shared = groupCommit(losesTheSecondAnswer, { lanes: 1 });
  const { work, open } = gate();
  const first = shared.transaction(work);
  const messages = Array.from({ length: 3 }, () => ({ id: newMessageId() }));
  const handle = handleOnce<{ id: string }>({
    consumer: uniqueName('consumer'),
    database: shared,
    handle: async (tx, { id }) => {
      await write(id)(tx);
      return [];
    },
    wakeRelays: () => {},
  });
  const all = Promise.all(messages.map((message) => handle(message)));
  open();
  await first;
  deepStrictEqual(await all, ['duplicate', 'duplicate', 'duplicate']);
  strictEqual((await transactionsOf(messages.map(({ id }) => id))).length, 3);
});

test('a transaction that hangs keeps the lane from nobody for long', async () => {
  const { transaction } = groupCommit(database, { lanes: 1, patienceMs: 50 });
  const { work, open } = gate();
  const hanging = transaction(work);
  const name = uniqueName('effect');
  strictEqual(await transaction(write(name)), name);
  open();
  await hanging;
});

test('a lock for which one waits holds up nobody who shares its transaction, and he gets it in the end', async () => {
  const { transaction } = groupCommit(database, { lanes: 1 });
  const { work, open } = gate();
  const first = transaction(work);
  const [locked, free] = [uniqueName('locked'), uniqueName('free')];
  const lock = gate();
  const taken = Promise.withResolvers<void>();
  const keeper = database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(4711)');
    taken.resolve();
    await lock.work();
  });
  await taken.promise;
  const waits = transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(4711)');
    return write(locked)(tx);
  });
  const passes = transaction(write(free));
  open();
  await first;
  strictEqual(await passes, free);
  lock.open();
  await keeper;
  strictEqual(await waits, locked);
  deepStrictEqual([(await transactionsOf([locked])).length, (await transactionsOf([free])).length], [1, 1]);
});

test('a database that is away is told to each of them', async () => {
  const away = {
    transaction: () => Promise.reject(Object.assign(new Error('no database'), { code: 'ECONNREFUSED' })),
  };
  const { transaction } = groupCommit(away);
  for (const work of [1, 2, 3].map(() => transaction(async () => 'done'))) {
    await rejects(work, { code: 'ECONNREFUSED' });
  }
});
