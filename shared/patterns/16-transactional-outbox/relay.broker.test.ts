import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { type Broker, newMessageId, type OutgoingMessage, type Publisher } from '@conveyor/brokers';
import { handleOnce } from '@conveyor/patterns/idempotent-consumer/idempotent-consumer';
import { buildMessage } from '@conveyor/testing/build-message';
import { collect } from '@conveyor/testing/collect';
import { eventually } from '@conveyor/testing/eventually';
import { createTestDatabase, type TestConnection, type TestDatabase } from '@conveyor/testing/test-database';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { startTestRabbit, testQueue } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';
import { appendToOutbox } from './outbox.ts';
import { type RelayEvent, type RelayOptions, startRelay } from './relay.ts';

const schemas = ['schema.sql', '../11-idempotent-consumer/schema.sql'].map((name) =>
  readFileSync(new URL(name, import.meta.url), 'utf8'),
);

/** Longer than any test: what arrives was sent because of a wake-up. */
const neverPolls = 60_000;

/** A database, a queue and whatever relays a test starts on them; all gone when it ends. */
async function scene(t: TestContext, queueArguments: Record<string, string | number> = {}) {
  const queue = uniqueName('relay');
  const database = await createTestDatabase(schemas);
  const broker = await startTestRabbit({ queues: [testQueue(queue, queueArguments)] });
  const stops: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await broker.close();
    await database.drop();
  });

  return {
    queue,
    database,
    broker,
    collect() {
      const { deliveries, consumer } = collect(broker, queue);
      stops.unshift(() => consumer.stop(1_000));
      return deliveries;
    },
    start(options: Partial<RelayOptions> = {}) {
      const events: RelayEvent[] = [];
      const connections: TestConnection[] = [];
      const connect = async () => {
        const connection = await database.connect();
        connections.push(connection);
        return connection;
      };
      const relay = startRelay({
        service: 'test',
        broker,
        connect,
        pollMs: neverPolls,
        onEvent: (event) => events.push(event),
        ...options,
      });
      stops.push(() => relay.stop());
      const seen = (kind: RelayEvent['kind']) => events.some((event) => event.kind === kind);
      return {
        ...relay,
        wake: () => relay.wake(),
        stop: () => relay.stop(),
        events,
        connections,
        leads: () => eventually(() => assert.ok(seen('lock-gained'))),
        seen,
      };
    },
    message: (more: { subject?: string; body?: string } = {}) =>
      buildMessage({ channel: '', key: queue, ...more }),
    commit: (messages: readonly OutgoingMessage[]) =>
      database.transaction((tx) =>
        appendToOutbox(
          tx,
          messages.map((message) => ({ broker: 'rabbitmq', message })),
        ),
      ),
    async waiting() {
      const { rows } = await database.query<{ id: string }>(
        'select message_id as id from outbox where parked_at is null order by id',
      );
      return rows.map((row) => row.id);
    },
  };
}

function kill(database: TestDatabase, connection: TestConnection | undefined) {
  return database.query('select pg_terminate_backend($1)', [connection?.processId]);
}

/** The real broker, but for one of its parts. */
function withPublisher(broker: Broker, publisher: Publisher): Broker {
  return new Proxy(broker, {
    get: (target, name) => {
      if (name === 'publisher') return publisher;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function idOf(message: OutgoingMessage | undefined): string {
  return message?.attributes.id ?? '';
}

test('a committed message is sent when the relay is woken, and its row is deleted', async (t) => {
  const { start, message, commit, collect, waiting } = await scene(t);
  const relay = start();
  await relay.leads();
  const deliveries = collect();
  const sent = { ...message({ body: '{"a":1}' }), headers: { note: 'x' } };

  await commit([sent]);
  relay.wake();

  await eventually(() => assert.equal(deliveries.length, 1));
  const [delivery] = deliveries;
  assert.deepEqual(delivery?.attributes, sent.attributes);
  assert.deepEqual(delivery?.headers, sent.headers);
  assert.deepEqual(delivery?.body, sent.body);
  await eventually(async () => assert.deepEqual(await waiting(), []));
});

test('what was committed before a crash is sent by the relay that starts after it', async (t) => {
  const { start, message, commit, collect } = await scene(t);
  const lost = message();
  await commit([lost]); // and here the process dies, before it published anything
  const deliveries = collect();
  start();
  await eventually(() =>
    assert.deepEqual(
      deliveries.map((delivery) => delivery.attributes.id),
      [idOf(lost)],
    ),
  );
});

test('a crash between confirm and delete sends a message twice with one id, and the inbox drops the second', async (t) => {
  const { start, message, commit, collect, database } = await scene(t);
  let crashed = false;
  const relay = start({
    connect: async () => {
      const connection = await database.connect();
      const query: TestConnection['query'] = async (text, values) => {
        if (text.startsWith('delete') && !crashed) {
          crashed = true;
          await kill(database, connection);
        }
        return connection.query(text, values);
      };
      return { ...connection, query };
    },
  });
  const twice = message();
  await commit([twice]);
  relay.wake();
  const deliveries = collect();

  await eventually(() => assert.equal(deliveries.length, 2));
  assert.deepEqual(new Set(deliveries.map((delivery) => delivery.attributes.id)), new Set([idOf(twice)]));
  assert.ok(relay.seen('interrupted'));

  const handle = handleOnce<{ id: string }>({
    consumer: 'test',
    database,
    handle: async () => [],
    wakeRelays: () => {},
  });
  const results = [];
  for (const { attributes } of deliveries) results.push(await handle({ id: attributes.id ?? '' }));
  assert.deepEqual(results, ['handled', 'duplicate']);
});

test('a thousand rows leave in batches, in order per key', async (t) => {
  const { start, message, commit, collect, waiting } = await scene(t);
  const subjects = Array.from({ length: 10 }, () => message().orderingKey);
  const messages = Array.from({ length: 1_000 }, (_, n) =>
    message({ subject: subjects[n % 10] ?? '', body: String(n) }),
  );
  await commit(messages);
  const relay = start({ batchSize: 200 });
  const deliveries = collect();

  await eventually(() => assert.equal(deliveries.length, 1_000));
  for (const subject of subjects) {
    const order = deliveries
      .filter((delivery) => delivery.attributes.subject === subject)
      .map(({ body }) => Number(body.toString()));
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  }
  await eventually(async () => assert.deepEqual(await waiting(), []));
  const batches = relay.events.filter((event) => event.kind === 'published');
  assert.deepEqual(
    batches.map((event) => event.count),
    [200, 200, 200, 200, 200],
  );
  assert.ok(batches.every((event) => event.lagMs > 0));
});

test('an unroutable message is parked with its reason, and the others go on', async (t) => {
  const { start, message, commit, collect, database, waiting } = await scene(t);
  const nowhere = buildMessage({ channel: '', key: uniqueName('nowhere') });
  const [before, behind] = [message(), message()];
  await commit([before, nowhere, behind]);
  const relay = start();
  const deliveries = collect();

  await eventually(() =>
    assert.deepEqual(
      new Set(deliveries.map((delivery) => delivery.attributes.id)),
      new Set([idOf(before), idOf(behind)]),
    ),
  );
  await eventually(async () => assert.deepEqual(await waiting(), []));
  const { rows } = await database.query(
    'select message_id, parked_reason from outbox where parked_at is not null',
  );
  assert.equal(rows.length, 1);
  assert.equal(rows[0]?.message_id, idOf(nowhere));
  const parked = relay.events.find((event) => event.kind === 'parked');
  assert.equal(parked?.messageId, idOf(nowhere));
  assert.equal(parked?.reason, rows[0]?.parked_reason);
});

test('a row that is committed after rows with higher ids is still sent', async (t) => {
  const { start, message, commit, collect, database } = await scene(t);
  const relay = start();
  await relay.leads();
  const deliveries = collect();
  const [low, high] = [message(), message()];

  const lowIsWritten = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const late = database.transaction(async (tx) => {
    await appendToOutbox(tx, [{ broker: 'rabbitmq', message: low }]);
    lowIsWritten.resolve();
    await mayCommit.promise;
  });
  await lowIsWritten.promise;
  await commit([high]);
  relay.wake();
  await eventually(() =>
    assert.deepEqual(
      deliveries.map((delivery) => delivery.attributes.id),
      [idOf(high)],
    ),
  );

  mayCommit.resolve();
  await late;
  relay.wake();
  await eventually(() =>
    assert.deepEqual(
      deliveries.map((delivery) => delivery.attributes.id),
      [idOf(high), idOf(low)],
    ),
  );
});

test('while the broker refuses a message the later ones of its key wait, and none is lost or overtaken', async (t) => {
  const { start, message, commit, collect, waiting } = await scene(t, {
    'x-max-length': 1,
    'x-overflow': 'reject-publish',
  });
  const { orderingKey: subject } = message();
  const messages = Array.from({ length: 30 }, (_, n) => message({ subject, body: String(n) }));
  await commit(messages);
  // With a limit below the backlog: the next batch must not begin behind a refused row.
  const relay = start({ batchSize: 7 });
  await eventually(() => assert.ok(relay.seen('failed')));
  assert.equal((await waiting()).includes(idOf(messages.at(-1))), true);

  const deliveries = collect();
  await eventually(
    () =>
      assert.deepEqual(
        deliveries.map(({ body }) => body.toString()),
        messages.map((_, n) => String(n)),
      ),
    { timeoutMs: 30_000 },
  );
});

test('a broker that takes nothing is asked ever less often', async (t) => {
  const { start, message, commit, collect } = await scene(t, {
    'x-max-length': 1,
    'x-overflow': 'reject-publish',
  });
  await commit([message(), message(), message()]);
  const startedAt = performance.now();
  const relay = start();
  await eventually(() => assert.ok(performance.now() - startedAt > 1_500));
  const failures = relay.events.filter((event) => event.kind === 'failed').length;
  assert.ok(failures >= 2 && failures <= 7, `${failures} tries in 1.5 s`);
  const deliveries = collect();
  await eventually(() => assert.equal(deliveries.length, 3));
});

test('of two relays on one outbox one sends, and a wake-up of the other reaches it', async (t) => {
  const { start, message, commit, collect } = await scene(t);
  const leader = start();
  await leader.leads();
  const standby = start();
  const deliveries = collect();

  for (let n = 1; n <= 3; n += 1) {
    await commit([message()]);
    standby.wake();
    await eventually(() => assert.equal(deliveries.length, n));
  }
  assert.equal(standby.seen('lock-gained'), false);
  // Told after the rows are deleted, so perhaps a little after the delivery.
  await eventually(() => assert.equal(leader.events.filter((event) => event.kind === 'published').length, 3));
});

test('when the connection of the active relay dies the other takes over', async (t) => {
  const { start, message, commit, collect, database } = await scene(t);
  const connections: TestConnection[] = [];
  const leader = start({
    connect: async () => {
      if (connections.length > 0) throw new Error('this instance is cut off from the database');
      const connection = await database.connect();
      connections.push(connection);
      return connection;
    },
  });
  await leader.leads();
  const standby = start({ pollMs: 100 });
  await eventually(() => assert.equal(standby.connections.length, 1));
  assert.equal(standby.seen('lock-gained'), false);

  await kill(database, connections[0]);

  await standby.leads();
  const deliveries = collect();
  const sent = message();
  await commit([sent]);
  standby.wake();
  await eventually(() =>
    assert.deepEqual(
      deliveries.map((delivery) => delivery.attributes.id),
      [idOf(sent)],
    ),
  );
  assert.ok(leader.seen('lock-lost'));
});

test('a relay that lost its connection opens another and goes on', async (t) => {
  const { start, message, commit, collect, database } = await scene(t);
  const relay = start();
  await relay.leads();
  await kill(database, relay.connections[0]);
  await eventually(() => assert.equal(relay.connections.length, 2));

  const deliveries = collect();
  await commit([message()]);
  relay.wake();
  await eventually(() => assert.equal(deliveries.length, 1));
});

test('a wake-up while a batch is on its way is remembered', async (t) => {
  const { start, message, commit, collect, broker } = await scene(t);
  const [first, second] = [message(), message()];
  let publishes = 0;
  const publisher: Publisher = {
    publish: async (messages) => {
      publishes += 1;
      if (publishes === 1) {
        await commit([second]);
        relay.wake();
      }
      return broker.publisher.publish(messages);
    },
  };
  await commit([first]);
  const relay = start({ broker: withPublisher(broker, publisher) });
  const deliveries = collect();
  await eventually(() =>
    assert.deepEqual(
      deliveries.map(({ attributes }) => attributes.id),
      [idOf(first), idOf(second)],
    ),
  );
});

test('a publish that hangs cannot keep a relay from stopping, nor the next from leading', async (t) => {
  const { start, message, commit, broker } = await scene(t);
  const hangs = Promise.withResolvers<never>();
  const publisher: Publisher = { publish: () => hangs.promise };
  await commit([message()]);
  const stuck = start({ broker: withPublisher(broker, publisher) });
  await stuck.leads();
  await stuck.stop();
  const next = start({ pollMs: 20 });
  await next.leads();
  await eventually(() => assert.ok(next.seen('published')));
});

test('to Kafka: batches in order per key, and a message for a topic that is not there is parked', async (t) => {
  const { start, database } = await scene(t);
  const topic = uniqueName('relay');
  const kafka = await startTestKafka([topic]);
  const { deliveries, consumer } = collect(kafka, topic);
  t.after(() => consumer.stop(1_000).then(() => kafka.close()));
  const subjects = Array.from({ length: 5 }, () => newMessageId());
  const messages = Array.from({ length: 100 }, (_, n) =>
    buildMessage({ channel: topic, subject: subjects[n % 5] ?? '', body: String(n) }),
  );
  const nowhere = buildMessage({ channel: uniqueName('nowhere') });
  await appendToOutbox(
    database,
    [...messages, nowhere].map((message) => ({ broker: 'kafka', message })),
  );
  const relay = start({ broker: kafka, batchSize: 30 });
  t.after(() => relay.stop());

  await eventually(() => assert.equal(deliveries.length, 100), { timeoutMs: 20_000 });
  for (const subject of subjects) {
    const order = deliveries
      .filter(({ attributes }) => attributes.subject === subject)
      .map(({ body }) => Number(body.toString()));
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  }
  await eventually(() => assert.ok(relay.seen('parked')));
});

test('without a wake-up the slow poll finds what waits', async (t) => {
  const { start, message, commit, collect } = await scene(t);
  const relay = start({ pollMs: 50 });
  await relay.leads();
  const deliveries = collect();
  await commit([message()]);
  await eventually(() => assert.equal(deliveries.length, 1));
});

test('stopping ends the batch in hand: every message is either sent or still in the outbox', async (t) => {
  const { start, message, commit, collect, waiting } = await scene(t);
  const messages = Array.from({ length: 2_000 }, () => message());
  await commit(messages);
  const relay = start({ batchSize: 50 });
  await eventually(() => assert.ok(relay.seen('published')));
  await relay.stop();

  const deliveries = collect();
  const left = await waiting();
  assert.ok(left.length > 0, 'the relay was stopped too late to show anything');
  await eventually(() => assert.equal(deliveries.length + left.length, messages.length));
  assert.deepEqual(
    new Set([...deliveries.map((delivery) => delivery.attributes.id), ...left]),
    new Set(messages.map(idOf)),
  );
});

test('stopping frees the lock for the next relay', async (t) => {
  const { start } = await scene(t);
  const first = start();
  await first.leads();
  await first.stop();
  const second = start({ pollMs: 20 });
  await second.leads();
});

test('a leader whose broker takes nothing gives up the lead, and another instance sends', async (t) => {
  const { broker, start, message, commit, collect } = await scene(t);
  const deliveries = collect();
  const deaf: Publisher = {
    publish: async (messages) =>
      messages.map(() => ({ status: 'failed', error: new Error('the connection was lost') })),
  };
  const first = start({ broker: withPublisher(broker, deaf) });
  await first.leads();
  start({ pollMs: 20 });
  await commit([message()]);
  first.wake();
  await eventually(() => assert.equal(deliveries.length, 1));
});
