import { newMessageId } from '@conveyor/brokers';
import type { Topologies } from '@conveyor/patterns/demo';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { queueOfAllWaits, sendExpiring, topicOfAllWaits } from './broken.ts';
import { dueAfter } from './delayed-queue.ts';
import { delayTopic, delayTopicName, heldUntil } from './kafka.ts';
import { delayQueue, delayQueueName } from './rabbitmq.ts';

const [long, short] = [
  { body: 'long', waitMs: 2_000 },
  { body: 'short', waitMs: 300 },
];
type Reminder = typeof long;

const tables = 'create table arrived (n serial, body text not null)';

/** What waits: with the failure a longer one stands before the short one, without it the short one is alone. */
async function waitingFor(worker: Worker): Promise<readonly Reminder[]> {
  const database = await worker.database();
  const { rows } = await database.query<{ body: string }>('select body from wanted order by n');
  return rows.map(({ body }) => (body === long.body ? long : short));
}

/** Notes what arrives, in its order. */
async function note(worker: Worker, channels: readonly string[]): Promise<void> {
  const database = await worker.database();
  await worker.consume({
    name: worker.name('worker'),
    channels,
    concurrency: 1,
    ...(worker.broker === 'kafka' && { notBefore: heldUntil }),
    onDelivery: ({ body }) => database.query('insert into arrived (body) values ($1)', [body.toString()]),
  });
}

const right: Version = async (worker) => {
  const [work, delay] = [worker.name('work'), worker.name('delay')];
  const isKafka = worker.broker === 'kafka';
  const topologies: Topologies = {
    rabbitmq: {
      queues: [workQueue(work), ...[long, short].map(({ waitMs }) => delayQueue(delay, waitMs, work))],
    },
    kafka: { topics: [long, short].map(({ waitMs }) => delayTopic(delay, waitMs, 1)) },
  };
  const { publisher } = await worker.open(topologies);
  const place = ({ waitMs }: Reminder) =>
    isKafka
      ? { channel: delayTopicName(delay, waitMs), key: 'any' }
      : { channel: '', key: delayQueueName(delay, waitMs) };
  const reminders = await waitingFor(worker);
  await publisher.publish(reminders.map((each) => messageTo(place(each), each)));
  await note(worker, isKafka ? topologies.kafka.topics.map(({ name }) => name) : [work]);
};

const eachExpires: Version = async (worker) => {
  const [work, mixed] = [worker.name('work'), worker.name('mixed')];
  const queues = [workQueue(work), queueOfAllWaits(mixed, work)];
  await worker.open({ rabbitmq: { queues }, kafka: { topics: [] } });
  await sendExpiring(worker.servers.rabbitmq, mixed, await waitingFor(worker));
  await note(worker, [work]);
};

const oneTopic: Version = async (worker) => {
  const topic = topicOfAllWaits(worker.name('mixed'), long.waitMs);
  const { publisher } = await worker.open({ rabbitmq: {}, kafka: { topics: [topic] } });
  const reminders = await waitingFor(worker);
  await publisher.publish(reminders.map((each) => messageTo({ channel: topic.name, key: 'any' }, each)));
  await note(worker, [topic.name]);
};

function messageTo(address: { readonly channel: string; readonly key: string }, { body, waitMs }: Reminder) {
  return {
    address,
    orderingKey: 'any',
    attributes: { id: newMessageId(), type: 'reminder' },
    headers: dueAfter(waitMs, new Date()),
    body: Buffer.from(body),
  };
}

async function run(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([tables, 'create table wanted (n serial, body text not null)']);
  await trial.open();
  const wanted = trial.isBroken ? [long, short] : [short];
  await database.query('insert into wanted (body) select * from unnest($1::text[])', [
    wanted.map(({ body }) => body),
  ]);
  await trial.start();
  const arrived = async () =>
    (await database.query<{ body: string }>('select body from arrived order by n')).rows.map(
      ({ body }) => body,
    );
  await trial.until('all have arrived', async () => (await arrived()).length >= wanted.length);
  // By their order, not by a clock: the short wait is over long before the other one.
  return (await arrived())[0] === short.body ? [] : [short.body];
}

const proofOn = (broker: 'rabbitmq' | 'kafka', bug: string, version: Version): Proof => ({
  failure: 'a message with a short wait comes behind one with a long wait',
  invariant: { code: 'due-first', says: 'What is due first arrives first' },
  brokers: [broker],
  right,
  twins: { [bug]: { version, violates: [short.body] } },
  run,
});

export const proofs: readonly Proof[] = [
  proofOn('rabbitmq', 'per-message TTL', eachExpires),
  proofOn('kafka', 'two waits in one topic', oneTopic),
];
