import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { type Broker, type Publisher, readEnvelope } from '@conveyor/brokers';
import { type JournalEntry, readBody } from '@conveyor/contracts/messages';
import { appendToOutbox } from '@conveyor/patterns/transactional-outbox/outbox';
import {
  type RelayEvent,
  type RelayOptions,
  startRelay,
} from '@conveyor/patterns/transactional-outbox/relay';
import { buildMessage } from '@conveyor/testing/build-message';
import { collect } from '@conveyor/testing/collect';
import { eventually } from '@conveyor/testing/eventually';
import { createTestDatabase, type TestConnection } from '@conveyor/testing/test-database';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { startTestRabbit, testQueue } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';
import { appendToJournal, type JournalRow, journalRows } from './journal-rows.ts';
import { journalSource } from './journal-source.ts';
import { recordedOutbox } from './recorded-outbox.ts';

/** Longer than any test: what arrives was sent because of a wake-up. */
const neverPolls = 60_000;

/** A database with outbox and journal, and a queue for each; all gone when the test ends. */
async function scene(t: TestContext) {
  const [work, journal] = [uniqueName('work'), uniqueName('journal')];
  const schema = (name: string) => readFile(new URL(name), 'utf8');
  const database = await createTestDatabase([
    await schema(import.meta.resolve('@conveyor/patterns/transactional-outbox/schema.sql')),
    await schema(new URL('schema.sql', import.meta.url).href),
  ]);
  const broker = await startTestRabbit({ queues: [testQueue(work), testQueue(journal)] });
  const stops: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await broker.close();
    await database.drop();
  });

  function start(options: Partial<RelayOptions>) {
    const events: RelayEvent[] = [];
    const relay = startRelay({
      service: 'order',
      broker,
      connect: () => database.connect(),
      pollMs: neverPolls,
      onEvent: (event) => events.push(event),
      ...options,
    });
    stops.push(() => relay.stop());
    const seen = (kind: RelayEvent['kind']) => events.some((event) => event.kind === kind);
    return {
      wake: () => relay.wake(),
      stop: () => relay.stop(),
      events,
      seen,
      leads: () => eventually(() => ok(seen('lock-gained'))),
    };
  }

  return {
    work,
    journal,
    database,
    broker,
    start,
    startJournal: (options: Partial<RelayOptions> = {}) =>
      start({
        source: journalSource('order', () => ({ channel: '', key: journal })),
        batchSize: 500,
        ...options,
      }),
    collect(queue: string, from: Broker = broker) {
      const { deliveries, consumer } = collect(from, queue);
      stops.unshift(() => consumer.stop(1_000));
      return deliveries;
    },
    write: (rows: readonly JournalRow[]) => database.transaction((tx) => appendToJournal(tx, rows)),
    async waiting(): Promise<readonly JournalEntry[]> {
      const { rows } = await database.query<{ entry: JournalEntry }>(
        'select entry from journal_outbox order by id',
      );
      return rows.map(({ entry }) => entry);
    },
  };
}

const orderMessage = (queue: string, orderId: string = randomUUID()) =>
  buildMessage({
    channel: '',
    key: queue,
    subject: orderId,
    attributes: { type: 'order.created', saga: 'choreography', broker: 'rabbitmq' },
  });

function someRows(count: number, broker: 'kafka' | 'rabbitmq' = 'rabbitmq'): readonly JournalRow[] {
  return Array.from({ length: count }, (_, n) => n).flatMap((n) => {
    const attributes = { subject: randomUUID(), saga: 'choreography', broker };
    return journalRows(attributes, { kind: 'state', at: new Date(), service: 'order', detail: `state ${n}` });
  });
}

function entriesIn(body: Buffer | undefined): readonly JournalEntry[] {
  const read = readBody<'journal.recorded'>(
    'journal.recorded',
    'urn:conveyor:journal.recorded:1',
    body ?? Buffer.of(),
  );
  if ('code' in read) throw new Error(`${read.code}: ${read.detail}`);
  return read.data.entries;
}

test('what waits is one message, in the order in which it was written, and is deleted once confirmed', async (t) => {
  const { startJournal, write, collect, journal, waiting } = await scene(t);
  const rows = someRows(120);
  await write(rows);
  await write(someRows(1, 'kafka'));
  const deliveries = collect(journal);
  startJournal();
  await eventually(() => strictEqual(deliveries.length, 1));
  const [delivery] = deliveries;
  deepStrictEqual(
    entriesIn(delivery?.body),
    rows.map(({ entry }) => entry),
  );
  const envelope = readEnvelope(delivery?.attributes ?? {});
  ok(!('missing' in envelope) && envelope.type === 'journal.recorded');
  deepStrictEqual([envelope.saga, envelope.broker], [undefined, undefined]);
  await eventually(async () => strictEqual((await waiting()).length, 1, 'only what waits for Kafka'));
});

test('what is more than one message leaves in several, without waiting in between', async (t) => {
  const { startJournal, write, collect, journal, waiting } = await scene(t);
  const rows = someRows(25);
  await write(rows);
  const deliveries = collect(journal);
  startJournal({ batchSize: 10, lingerMs: 60_000 });
  await eventually(() => strictEqual(deliveries.length, 3));
  deepStrictEqual(
    deliveries.flatMap(({ body }) => entriesIn(body)),
    rows.map(({ entry }) => entry),
  );
  await eventually(async () => deepStrictEqual(await waiting(), []));
});

test('entries that follow each other closely gather into one message', async (t) => {
  const { startJournal, write, collect, journal } = await scene(t);
  await write(someRows(1));
  const relay = startJournal({ lingerMs: 2_000 });
  // From here on it looks only when woken.
  await eventually(() => ok(relay.seen('published')));
  for (let n = 0; n < 10; n += 1) {
    await write(someRows(1));
    relay.wake();
  }
  const deliveries = collect(journal);
  await eventually(() => strictEqual(deliveries.length, 2));
  strictEqual(entriesIn(deliveries[1]?.body).length, 10);
});

test('entries leave on Kafka, too', async (t) => {
  const { startJournal, write, collect } = await scene(t);
  const topic = uniqueName('journal');
  const kafka = await startTestKafka([topic]);
  t.after(() => kafka.close());
  const rows = someRows(3, 'kafka');
  await write(rows);
  startJournal({ broker: kafka, source: journalSource('order', () => ({ channel: topic, key: 'order' })) });
  const deliveries = collect(topic, kafka);
  await eventually(() => strictEqual(deliveries.length, 1), { timeoutMs: 20_000 });
  deepStrictEqual(
    entriesIn(deliveries[0]?.body),
    rows.map(({ entry }) => entry),
  );
});

test('entries that are too much for one message leave in several, though none has to wait for it', async (t) => {
  const { startJournal, write, collect, waiting } = await scene(t);
  const topic = uniqueName('journal');
  const kafka = await startTestKafka([topic]);
  t.after(() => kafka.close());
  const long = '"'.repeat(10_000);
  const attributes = { saga: 'choreography', broker: 'kafka', type: long, id: long, causationid: long };
  const rows = Array.from({ length: 500 }).flatMap(() =>
    journalRows(
      { ...attributes, subject: randomUUID() },
      { kind: 'published', at: new Date(), service: 'order', detail: long },
    ),
  );
  ok(JSON.stringify(rows).length > 1_048_588, 'more than Kafka takes in one message');
  await write(rows);
  startJournal({ broker: kafka, source: journalSource('order', () => ({ channel: topic, key: 'order' })) });
  const deliveries = collect(topic, kafka);
  await eventually(() => strictEqual(deliveries.length, 2), { timeoutMs: 20_000 });
  deepStrictEqual(
    deliveries.flatMap(({ body }) => entriesIn(body)),
    rows.map(({ entry }) => entry),
  );
  await eventually(async () => strictEqual((await waiting()).length, 0));
});

test('a message is recorded as published when it has been confirmed, with where it went', async (t) => {
  const { start, database, work, waiting } = await scene(t);
  const orderId = randomUUID();
  const body = Buffer.from('{"customerId":"ada","paymentToken":"tok_slow","version":1}');
  const message = { ...orderMessage(work, orderId), body };
  const ofNoOrder = buildMessage({ channel: '', key: work });
  const before = Date.now();
  await appendToOutbox(
    database,
    [message, ofNoOrder].map((each) => ({ broker: 'rabbitmq', message: each })),
  );
  const recordedFor: string[] = [];
  start({ source: recordedOutbox('order', 'rabbitmq', (broker) => recordedFor.push(broker)) });
  await eventually(async () => strictEqual((await waiting()).length, 1));
  const [entry] = await waiting();
  ok(Date.parse(entry?.at ?? '') >= before);
  deepStrictEqual(entry, {
    id: entry?.id,
    at: entry?.at,
    orderId,
    kind: 'published',
    service: 'order',
    broker: 'rabbitmq',
    type: 'order.created',
    messageId: message.attributes['id'],
    detail: work,
    message: {
      attributes: message.attributes,
      data: { customerId: '(left out)', paymentToken: '(left out)', version: 1 },
    },
  });
  strictEqual((await database.query('select from outbox')).rowCount, 0);
  // Only for the message that belongs to an order, and for the relay that is to send the entry.
  deepStrictEqual(recordedFor, ['rabbitmq']);
});

test('a message that is sent twice, because the relay died before it heard of the first, is recorded once', async (t) => {
  const { start, database, work, collect, waiting } = await scene(t);
  await appendToOutbox(database, [{ broker: 'rabbitmq', message: orderMessage(work) }]);
  let hasDied = false;
  const relay = start({
    source: recordedOutbox('order', 'rabbitmq', () => {}),
    connect: async () => {
      const connection = await database.connect();
      const query: TestConnection['query'] = async (text, values) => {
        if (text.includes('delete from outbox') && !hasDied) {
          hasDied = true;
          await database.query('select pg_terminate_backend($1)', [connection.processId]);
        }
        return connection.query(text, values);
      };
      return { ...connection, query };
    },
  });
  const deliveries = collect(work);
  await eventually(() => strictEqual(deliveries.length, 2));
  await eventually(async () => strictEqual((await database.query('select from outbox')).rowCount, 0));
  ok(relay.seen('interrupted'));
  deepStrictEqual(
    (await waiting()).map(({ kind }) => kind),
    ['published'],
  );
});

test('a journal that cannot leave holds no message up', async (t) => {
  const { start, startJournal, database, broker, write, work, collect } = await scene(t);
  const hangs: Publisher = { publish: () => Promise.withResolvers<never>().promise };
  const stuck = Object.create(broker, { publisher: { value: hangs }, name: { value: 'rabbitmq' } }) as Broker;
  stuck.connected = async () => {};
  await write(someRows(1));
  const journal = startJournal({ broker: stuck });
  await journal.leads();
  const outbox = start({ source: recordedOutbox('order', 'rabbitmq', () => {}) });
  await outbox.leads();
  const deliveries = collect(work);
  await appendToOutbox(database, [{ broker: 'rabbitmq', message: orderMessage(work) }]);
  outbox.wake();
  await eventually(() => strictEqual(deliveries.length, 1));
});
