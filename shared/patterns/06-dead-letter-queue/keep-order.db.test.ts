import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Delivery } from '@conveyor/brokers';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { accountHeaders } from './account.ts';
import { type Attempt, type Ending, messageIdOf, orderingKeyOf } from './attempt.ts';
import { letGo } from './held-messages.ts';
import { keepOrder } from './keep-order.ts';
import { recordDeath, recordRetry } from './retries.ts';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase([await readFile(new URL('schema.sql', import.meta.url), 'utf8')]);
});
after(() => database.drop());

const { signal } = new AbortController();

interface World {
  /** The names of messages in the order in which they were handled. */
  readonly handled: string[];
  /** What is to become of a message at its next tries; afterwards it succeeds. */
  readonly fate: Map<string, ('retried' | 'given-up' | 'dies')[]>;
  /** Delivers a message of that name and key. */
  deliver(name: string, more?: Partial<Delivery>, key?: string): Promise<Ending>;
  /** The same message, as it comes back for its next try. */
  comeBack(name: string, until?: AbortSignal): Promise<Ending>;
}

/** One consumer and one key, on a consumer's name of their own. `beforeTransaction`: before the key goes on. */
function world(
  beforeHandling: (name: string) => Promise<void> = async () => {},
  beforeTransaction: () => Promise<void> = async () => {},
): World {
  const consumer = `consumer-${randomUUID()}`;
  const ids = new Map<string, string>();
  const fate: World['fate'] = new Map();
  const handled: string[] = [];

  const attempt: Attempt = async (delivery) => {
    const name = delivery.body.toString();
    await beforeHandling(name);
    const messageId = messageIdOf(delivery) ?? '';
    const next = fate.get(name)?.shift();
    const moved = { attempt: 2, headers: {}, orderingKey: orderingKeyOf(delivery) };
    if (next === 'retried' || next === 'dies') {
      assert.ok(await recordRetry(database, { consumer, messageId }, moved));
      if (next === 'dies') throw new Error('as if it had died before the message was moved');
      await letGo(database, { consumer, messageId });
      return 'retried';
    }
    if (next === 'given-up') {
      await recordDeath(database, { consumer, messageId }, moved);
      return 'given-up';
    }
    handled.push(name);
    return 'done';
  };
  const watched: Database & Tx = {
    query: (sql, values) => database.query(sql, values),
    async transaction(work) {
      await beforeTransaction();
      return database.transaction(work);
    },
  };
  const inOrder = keepOrder({ consumer, database: watched, attempt });

  function deliver(
    name: string,
    more: Partial<Delivery> = {},
    key = 'order-1',
    until = signal,
  ): Promise<Ending> {
    const id = ids.get(name) ?? randomUUID();
    ids.set(name, id);
    const delivery: Delivery = {
      attributes: { id, odd: '\u0000' },
      headers: {},
      body: Buffer.from(name),
      origin: { broker: 'kafka', channel: 'work', address: { channel: 'work', key } },
      redelivered: false,
      ...more,
    };
    return inOrder(delivery, until);
  }

  return {
    handled,
    fate,
    deliver,
    comeBack: (name, until) =>
      deliver(name, { headers: { [accountHeaders.attempt]: '2' } }, undefined, until),
  };
}

test('what comes while an earlier message of its key waits is held, and handled after it, in order', async () => {
  const { deliver, comeBack, handled, fate } = world();
  fate.set('1', ['retried']);
  assert.equal(await deliver('1'), 'retried');
  assert.equal(await deliver('2'), 'held');
  assert.equal(await deliver('3'), 'held');
  assert.deepEqual(handled, []);
  assert.equal(await comeBack('1'), 'done');
  assert.deepEqual(handled, ['1', '2', '3']);
  assert.equal(await deliver('4'), 'done');
});

test('other keys flow on', async () => {
  const { deliver, handled, fate } = world();
  fate.set('1', ['retried']);
  await deliver('1');
  assert.equal(await deliver('other', {}, 'order-2'), 'done');
  assert.deepEqual(handled, ['other']);
});

test('a follower that fails becomes the one that the others wait for', async () => {
  const { deliver, comeBack, handled, fate } = world();
  fate.set('1', ['retried']);
  fate.set('2', ['retried']);
  for (const name of ['1', '2', '3']) await deliver(name);
  await comeBack('1');
  assert.deepEqual(handled, ['1']);
  assert.equal(await deliver('4'), 'held');
  await comeBack('2');
  assert.deepEqual(handled, ['1', '2', '3', '4']);
});

test('when the first is given up the others go on, and so when one of them is', async () => {
  const { deliver, comeBack, handled, fate } = world();
  fate.set('1', ['retried', 'given-up']);
  fate.set('2', ['given-up']);
  for (const name of ['1', '2', '3']) await deliver(name);
  assert.equal(await comeBack('1'), 'given-up');
  assert.deepEqual(handled, ['3']);
  assert.equal(await deliver('4'), 'done');
});

test('a process that dies in the middle of the followers leaves them to the next one', async () => {
  let dies = true;
  const { deliver, comeBack, handled, fate } = world(async (name) => {
    if (name === '3' && dies) throw new Error('as if it had died');
  });
  fate.set('1', ['retried']);
  for (const name of ['1', '2', '3', '4']) await deliver(name);
  await assert.rejects(comeBack('1'));
  assert.deepEqual(handled, ['1', '2']);
  dies = false;
  await comeBack('1'); // Not acknowledged, so it comes again; the inbox would find it a duplicate.
  assert.deepEqual(handled, ['1', '2', '3', '4', '1']);
  assert.equal(await deliver('5'), 'done');
});

test('a follower that fails is not lost when the process dies before it is moved', async () => {
  const { deliver, comeBack, handled, fate } = world();
  fate.set('1', ['retried']);
  fate.set('2', ['dies']);
  for (const name of ['1', '2', '3']) await deliver(name);
  await assert.rejects(comeBack('1'));
  assert.deepEqual(handled, ['1']);
  await comeBack('1');
  assert.deepEqual(handled, ['1', '2', '3', '1']);
  assert.equal(await deliver('4'), 'done');
});

test('a key may hold any character, and an id may come in capitals', async () => {
  const { deliver, handled, fate } = world();
  const key = 'a\u0000b';
  const id = randomUUID();
  fate.set('1', ['retried']);
  await deliver('1', { attributes: { id: id.toUpperCase() } }, key);
  assert.equal(await deliver('2', {}, key), 'held');
  const headers = { [accountHeaders.attempt]: '2' };
  assert.equal(await deliver('1', { attributes: { id: id.toUpperCase() }, headers }, key), 'done');
  assert.deepEqual(handled, ['1', '2']);
  assert.equal(await deliver('3', {}, key), 'done');
});

test('a held message that comes again is held once', async () => {
  const { deliver, comeBack, handled, fate } = world();
  fate.set('1', ['retried']);
  for (const name of ['1', '2', '2', '3', '2']) await deliver(name);
  await comeBack('1');
  assert.deepEqual(handled, ['1', '2', '3']);
});

test('a message that comes just as its key becomes free is neither forgotten nor early', async () => {
  const { deliver, comeBack, handled, fate } = world();
  fate.set('1', ['retried']);
  await deliver('1');
  const names = Array.from({ length: 40 }, (_, n) => String(n + 2));
  const coming = (async () => {
    for (const name of names) await deliver(name);
  })();
  await comeBack('1');
  await coming;
  assert.deepEqual(handled, ['1', ...names]);
  const { rowCount } = await database.query(`select from held_messages where body = '41'`);
  assert.equal(rowCount, 0);
});

test('what is held is not taken for ended, though another process has made it the head meanwhile', async () => {
  const [held, begun, over] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ];
  let [tries, transactions] = [0, 0];
  const { deliver, comeBack, handled, fate } = world(
    async (name) => {
      if (name !== '2' || tries++ > 0) return;
      begun.resolve();
      await over.promise;
      throw new Error('as if it had died');
    },
    async () => {
      if (transactions++ > 0) return;
      held.resolve();
      await begun.promise;
    },
  );
  fate.set('1', ['retried']);
  await deliver('1');
  const again = deliver('2', { redelivered: true });
  await held.promise;
  const dying = assert.rejects(comeBack('1'));
  assert.equal(await again, 'held');
  over.resolve();
  await dying;
  await comeBack('1');
  assert.deepEqual(handled, ['1', '2', '1']);
  assert.equal(await deliver('3'), 'done');
});

test('without a key there is no order to keep', async () => {
  const { deliver, fate } = world();
  fate.set('1', ['retried']);
  await deliver('1');
  assert.equal(await deliver('2', {}, ''), 'done');
});

test('a process that is being stopped begins no further follower, and leaves them to the next one', async () => {
  const stopping = new AbortController();
  const { deliver, comeBack, handled, fate } = world(async (name) => {
    if (name === '1' && fate.get('1')?.length === 0) stopping.abort();
  });
  fate.set('1', ['retried']);
  for (const name of ['1', '2', '3']) await deliver(name);
  await assert.rejects(comeBack('1', stopping.signal), { name: 'AbortError' });
  assert.deepEqual(handled, ['1']);
  await comeBack('1');
  assert.deepEqual(handled, ['1', '2', '3', '1']);
});
