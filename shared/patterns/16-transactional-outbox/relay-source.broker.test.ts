import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Broker, Publisher } from '@conveyor/brokers';
import { buildMessage } from '@conveyor/testing/build-message';
import { collect } from '@conveyor/testing/collect';
import { eventually } from '@conveyor/testing/eventually';
import { createTestDatabase } from '@conveyor/testing/test-database';
import { startTestRabbit, testQueue } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';
import { type RelayEvent, type RelayOptions, startRelay } from './relay.ts';
import type { RelaySource } from './relay-source.ts';

/** Longer than any test: what arrives was sent because of a wake-up. */
const neverPolls = 60_000;

/** A table of words: all that waits, up to the limit, is one message. Words for a queue that is not there are parked. */
function words(name: string, queue: string): RelaySource {
  return {
    name,
    async select(tx, _broker, limit) {
      const { rows } = await tx.query<{ ids: string[]; text: string }>(
        `select array_agg(id::text) as ids, string_agg(word, ' ' order by id) as text
         from (select id, word from words where not parked order by id limit $1) as oldest having count(*) > 0`,
        [limit],
      );
      return rows.map(({ ids, text }) => ({
        ids,
        ageMs: 0,
        message: buildMessage({ channel: '', key: queue, body: text }),
      }));
    },
    async remove(tx, sent) {
      await tx.query('delete from words where id = any($1::bigint[])', [sent.flatMap(({ ids }) => ids)]);
    },
    async park(tx, unroutable) {
      const ids = unroutable.flatMap(({ waiting }) => waiting.ids);
      await tx.query('update words set parked = true where id = any($1::bigint[])', [ids]);
    },
  };
}

async function scene(t: TestContext) {
  const queue = uniqueName('words');
  const database = await createTestDatabase([
    `create table words (id bigint generated always as identity primary key, word text, parked bool default false)`,
  ]);
  const broker = await startTestRabbit({ queues: [testQueue(queue)] });
  const { deliveries, consumer } = collect(broker, queue);
  const relays: { stop(): Promise<void> }[] = [];
  t.after(async () => {
    await consumer.stop(1_000);
    await Promise.all(relays.map((relay) => relay.stop()));
    await broker.close();
    await database.drop();
  });
  return {
    queue,
    broker,
    database,
    texts: () => deliveries.map(({ body }) => body.toString()),
    write: (...some: readonly string[]) =>
      database.query('insert into words (word) select unnest($1::text[])', [some]),
    start(options: Partial<RelayOptions>) {
      const events: RelayEvent[] = [];
      const relay = startRelay({
        service: 'test',
        broker,
        connect: () => database.connect(),
        pollMs: neverPolls,
        onEvent: (event) => events.push(event),
        ...options,
      });
      relays.push(relay);
      const leads = () => eventually(() => assert.ok(events.some(({ kind }) => kind === 'lock-gained')));
      return { events, leads, wake: () => relay.wake() };
    },
  };
}

test('many rows leave in one message, further ones at once in the next, and are deleted', async (t) => {
  const { start, write, texts, queue, database } = await scene(t);
  await write('to', 'be', 'or', 'not', 'to', 'be');
  start({ source: words('words', queue), batchSize: 4, lingerMs: 60_000 });
  await eventually(() => assert.deepEqual(texts(), ['to be or not', 'to be']));
  await eventually(async () => assert.equal((await database.query('select from words')).rowCount, 0));
});

test('after a wake-up rows may gather', async (t) => {
  const { start, write, texts, queue } = await scene(t);
  await write('early');
  const relay = start({ source: words('words', queue), lingerMs: 2_000 });
  // From here on it looks only when woken.
  await eventually(() => assert.ok(relay.events.some(({ kind }) => kind === 'published')));
  for (const word of ['one', 'two', 'three']) {
    await write(word);
    relay.wake();
  }
  await eventually(() => assert.deepEqual(texts(), ['early', 'one two three']));
});

test('all the rows of a message that no queue takes are parked', async (t) => {
  const { start, write, texts, database } = await scene(t);
  await write('lost', 'words');
  const relay = start({ source: words('words', uniqueName('nowhere')) });
  await eventually(() =>
    assert.deepEqual(
      relay.events.flatMap((event) => (event.kind === 'parked' ? event.rowIds : [])),
      ['1', '2'],
    ),
  );
  assert.equal((await database.query('select from words where parked')).rowCount, 2);
  assert.deepEqual(texts(), []);
});

test('of two sources of one service neither waits for the other', async (t) => {
  const { start, write, texts, queue, broker } = await scene(t);
  const hangs: Publisher = { publish: () => Promise.withResolvers<never>().promise };
  const stuck = { name: broker.name, connected: async () => {}, publisher: hangs } as unknown as Broker;
  await write('held');
  await start({ broker: stuck, source: words('one', queue) }).leads();
  await start({ source: words('two', queue) }).leads();
  await eventually(() => assert.deepEqual(texts(), ['held']));
});
