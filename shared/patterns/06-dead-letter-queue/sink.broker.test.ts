import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, type TestContext, test } from 'node:test';
import { type Broker, newMessageId, type OutgoingMessage } from '@conveyor/brokers';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import { buildMessage } from '@conveyor/testing/build-message';
import { collect } from '@conveyor/testing/collect';
import { eventually } from '@conveyor/testing/eventually';
import { publishAll } from '@conveyor/testing/publish-all';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { startTestRabbit, testQueue } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';
import { accountHeaders } from './account.ts';
import { type KeptLetter, listDeadLetters } from './dead-letters.ts';
import { deadLetterTopicName } from './kafka.ts';
import { deadLetterExchange, deadLetterQueueName, withDeadLetters } from './rabbitmq.ts';
import { redrivenMessage } from './redriven-message.ts';
import { type DeadLetterSinkOptions, deadLetterSink } from './sink.ts';

const schema = readFileSync(new URL('schema.sql', import.meta.url), 'utf8');
const timeoutMs = 20_000;
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([schema]);
});
after(() => database.drop());

function keptOf(consumer: string): Promise<readonly KeptLetter[]> {
  return listDeadLetters(database, { consumer }, { limit: 100 });
}

/** Begins the sink of a consumer's dead letters; the list tells of each that it could not keep. */
function startSink(
  t: TestContext,
  broker: Broker,
  channel: string,
  more: Partial<DeadLetterSinkOptions> = {},
) {
  const failures: unknown[] = [];
  const consumer = broker.consume({
    name: uniqueName('sink'),
    channels: [channel],
    concurrency: 5,
    onDelivery: deadLetterSink({ database, onFailure: (_delivery, error) => failures.push(error), ...more }),
  });
  t.after(() => consumer.stop(1_000));
  return { failures, stop: () => consumer.stop(1_000) };
}

/** A database that fails `times` times: with the row written, `before` the commit, or so that its answer is lost `after` it. */
function failing(moment: 'before' | 'after', times: number): Database {
  let begun = 0;
  return {
    async transaction(work) {
      begun += 1;
      if (begun > times) return database.transaction(work);
      if (moment === 'after') {
        await database.transaction(work);
        throw new Error('the answer to the commit was lost');
      }
      return database.transaction(async (tx) => {
        const result = await work(tx);
        await tx.query('select pg_terminate_backend(pg_backend_pid())');
        return result;
      });
    },
  };
}

const starts = {
  async rabbitmq(consumer: string) {
    const channel = deadLetterQueueName(consumer);
    const broker = await startTestRabbit({ queues: [testQueue(channel)] });
    return { broker, channel, address: { channel: '', key: channel } };
  },
  async kafka(consumer: string) {
    const channel = deadLetterTopicName(consumer);
    return { broker: await startTestKafka([channel]), channel, address: { channel, key: 'a-key' } };
  },
};

for (const [name, start] of Object.entries(starts)) {
  async function begin(t: TestContext) {
    const consumer = uniqueName('consumer');
    const { broker, channel, address } = await start(consumer);
    t.after(() => broker.close());
    return {
      consumer,
      broker,
      channel,
      letter: (id = newMessageId()): OutgoingMessage =>
        buildMessage({
          ...address,
          body: 'not { json \u0000',
          headers: { note: 'its own', [accountHeaders.id]: id, [accountHeaders.reason]: 'permanent' },
        }),
      send: (...letters: readonly OutgoingMessage[]) => publishAll(broker.publisher, letters),
    };
  }

  test(`${name}: a letter is moved into the table, whole, and leaves nothing behind`, async (t) => {
    const { consumer, broker, channel, letter, send } = await begin(t);
    const id = newMessageId();
    const message = letter(id);
    await send(message);
    const sink = startSink(t, broker, channel);
    const [kept] = await eventually(
      async () => {
        const letters = await keptOf(consumer);
        assert.equal(letters.length, 1);
        return letters;
      },
      { timeoutMs },
    );
    assert.deepEqual(
      [kept?.id, kept?.queue, kept?.broker, kept?.reason, kept?.attributes, kept?.headers, kept?.body],
      [id, channel, name, 'permanent', message.attributes, { note: 'its own' }, message.body],
    );
    assert.deepEqual(sink.failures, []);
    await sink.stop();
    if (name === 'kafka') return; // Its log stays, read to the end.
    const { deliveries, consumer: collector } = collect(broker, channel);
    t.after(() => collector.stop(1_000));
    const next = letter();
    await send(next);
    await eventually(() =>
      assert.deepEqual(
        deliveries.map(({ attributes }) => attributes.id),
        [next.attributes.id],
      ),
    );
  });

  for (const moment of ['before', 'after'] as const) {
    test(`${name}: a database that fails ${moment} the commit loses no letter and doubles none`, async (t) => {
      const { consumer, broker, channel, letter, send } = await begin(t);
      const letters = [letter(), letter(), letter()];
      await send(...letters);
      const { failures } = startSink(t, broker, channel, { database: failing(moment, 4) });
      await eventually(
        async () => {
          assert.equal(failures.length, 4);
          const kept = await keptOf(consumer);
          assert.deepEqual(
            new Set(kept.map(({ attributes }) => attributes.id)),
            new Set(letters.map(({ attributes }) => attributes.id)),
          );
          assert.equal(kept.length, letters.length);
        },
        { timeoutMs },
      );
    });
  }

  test(`${name}: the same letter sent twice is one, and told of once`, async (t) => {
    const { consumer, broker, channel, letter, send } = await begin(t);
    const [twice, last] = [letter(), letter()];
    const told: string[] = [];
    startSink(t, broker, channel, { onKept: async (_tx, { id }) => void told.push(id) });
    await send(twice, twice, last);
    await eventually(async () => assert.equal((await keptOf(consumer)).length, 2), { timeoutMs });
    assert.equal(told.length, 2);
  });
}

test('kafka: a letter without an id is one, however often it is read', async (t) => {
  const consumer = uniqueName('consumer');
  const topic = deadLetterTopicName(consumer);
  const broker = await startTestKafka([topic]);
  t.after(() => broker.close());
  await broker.publisher.publish([buildMessage({ channel: topic }), buildMessage({ channel: topic })]);
  const first = startSink(t, broker, topic);
  await eventually(async () => assert.equal((await keptOf(consumer)).length, 2), { timeoutMs });
  const ids = (await keptOf(consumer)).map(({ id }) => id);
  await first.stop();
  let read = 0;
  // A group of its own: it reads from the beginning.
  startSink(t, broker, topic, {
    database: {
      async transaction(work) {
        const result = await database.transaction(work);
        read += 1;
        return result;
      },
    },
  });
  await eventually(() => assert.equal(read, 2), { timeoutMs });
  assert.deepEqual(
    (await keptOf(consumer)).map(({ id }) => id),
    ids,
  );
});

test('rabbitmq: what the broker sets aside by itself is kept with its reason, again and again', async (t) => {
  const consumer = uniqueName('consumer');
  const { queues, bindings } = withDeadLetters(workQueue(consumer));
  const [work, dead] = queues as [(typeof queues)[number], (typeof queues)[number]];
  const limited = { ...work, arguments: { ...work.arguments, 'x-delivery-limit': 1 } };
  const broker = await startTestRabbit({
    exchanges: [deadLetterExchange],
    queues: [limited, dead],
    bindings,
  });
  t.after(() => broker.close());
  const worker = broker.consume({
    name: uniqueName('worker'),
    channels: [consumer],
    concurrency: 1,
    onDelivery: () => Promise.reject(new Error('never works')),
  });
  t.after(() => worker.stop(1_000));
  startSink(t, broker, dead.name);

  const begunAt = Date.now() - 2_000;
  const message = buildMessage({ channel: '', key: consumer, headers: { note: 'its own' } });
  await broker.publisher.publish([message]);
  const letters = (count: number) =>
    eventually(
      async () => {
        const kept = await keptOf(consumer);
        assert.equal(kept.length, count);
        return kept;
      },
      { timeoutMs },
    );
  const [first] = await letters(1);
  assert.ok(first && first.diedAt.getTime() > begunAt);
  assert.deepEqual(
    [first.reason, first.attempts, first.origin.channel, first.origin.address, first.attributes],
    ['broker-delivery_limit', 1, consumer, { channel: '', key: consumer }, message.attributes],
  );
  assert.equal(first.headers['note'], 'its own');

  const redriven = redrivenMessage(first, () => ({ channel: '', key: consumer }), new Date());
  await broker.publisher.publish([redriven.message]);
  // Both may have died within one second, which is all that RabbitMQ tells: then their ids are in no order.
  const second = (await letters(2)).find(({ id }) => id !== first.id);
  assert.deepEqual([second?.reason, second?.attributes], ['broker-delivery_limit', message.attributes]);
});
