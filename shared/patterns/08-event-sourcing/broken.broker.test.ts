import { deepStrictEqual, rejects, throws } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Broker } from '@conveyor/brokers';
import { createKafkaBroker, readLog, type Topic } from '@conveyor/brokers/kafka';
import { buildMessage } from '@conveyor/testing/build-message';
import { eventually } from '@conveyor/testing/eventually';
import { publishAll } from '@conveyor/testing/publish-all';
import { serverUrl } from '@conveyor/testing/server-url';
import { uniqueName } from '@conveyor/testing/unique-name';
import { compactedEventLog, forgetfulEventLog } from './broken.ts';
import { hurried } from './hurried.ts';
import { eventLog, snapshotTopic } from './kafka.ts';
import { MissingEvent, replay } from './replay.ts';

const brokers = serverUrl('KAFKA_BROKERS').split(',');

const right = hurried(eventLog(uniqueName('right'), 1));
const compacted = hurried(compactedEventLog(uniqueName('compacted'), 1));
const forgetful = hurried(forgetfulEventLog(uniqueName('forgetful'), 1));
const snapshots = hurried(snapshotTopic(uniqueName('snapshots'), 1));
const logs = [right, compacted, forgetful];

let broker: Broker;
before(async () => {
  const topology = { topics: [...logs, snapshots] };
  broker = createKafkaBroker({ brokers, topology, clientId: uniqueName('client') });
  broker.start();
  await broker.connected(AbortSignal.timeout(20_000));
});
after(() => broker?.close());

const history = ['created', 'reserved', 'paid', 'completed'];

interface Recorded {
  readonly version: number;
  readonly type: string;
}

async function write(topics: readonly Topic[], key: string, bodies: readonly string[]): Promise<void> {
  const messages = topics.flatMap(({ name }) =>
    bodies.map((body) => buildMessage({ channel: name, subject: key, body })),
  );
  await publishAll(broker.publisher, messages);
}

async function bodiesIn({ name }: Topic, key: string): Promise<string[]> {
  const bodies: string[] = [];
  await readLog(
    { brokers, clientId: uniqueName('reader') },
    {
      topic: name,
      key,
      onBatch: async (deliveries) => void bodies.push(...deliveries.map(({ body }) => body.toString())),
    },
  );
  return bodies;
}

async function eventsIn(log: Topic, key: string): Promise<Recorded[]> {
  return (await bodiesIn(log, key)).map((body) => JSON.parse(body));
}

function rebuilt(events: readonly Recorded[]): readonly string[] {
  const nothing: readonly string[] = [];
  return replay({ state: nothing, version: 0 }, events, (types, { type }) => [...types, type]).state;
}

/** Another order comes along: Kafka closes a segment only when something is written. */
const another = (topics: readonly Topic[]) => write(topics, uniqueName('another'), ['{}']);

const patient = { timeoutMs: 120_000 };

test('after a while only the right log can be replayed: a compacted one and one with a time limit have lost history', async () => {
  const events = history.map((type, index) => JSON.stringify({ version: index + 1, type }));
  for (const event of events) await write(logs, 'order-1', [event]);
  for (const log of logs) deepStrictEqual(rebuilt(await eventsIn(log, 'order-1')), history);

  await eventually(async () => {
    await another(logs);
    deepStrictEqual(await eventsIn(compacted, 'order-1'), [{ version: 4, type: 'completed' }]);
    deepStrictEqual(await eventsIn(forgetful, 'order-1'), []);
  }, patient);

  throws(
    () => rebuilt([{ version: 4, type: 'completed' }]),
    new MissingEvent(1),
    'what is left tells no order',
  );
  deepStrictEqual(rebuilt([]), [], 'this order has never been');
  deepStrictEqual(rebuilt(await eventsIn(right, 'order-1')), history);
});

test('what is a bug in a log is the point of a topic of snapshots: the newest stays, and a tombstone takes it away', async () => {
  for (const body of ['"pending"', '"paid"', '"completed"']) await write([snapshots], 'order-1', [body]);
  await write([snapshots], 'order-2', ['"pending"']);
  await write([snapshots], 'order-2', ['']);
  await eventually(async () => {
    await another([snapshots]);
    deepStrictEqual(await bodiesIn(snapshots, 'order-1'), ['"completed"']);
    deepStrictEqual(await bodiesIn(snapshots, 'order-2'), []);
  }, patient);
});

test('a topic that does not exist is no empty log', async () => {
  await rejects(bodiesIn(eventLog(uniqueName('nowhere'), 1), 'order-1'));
});
