import { type BrokerName, newMessageId, type OutgoingMessage } from '@conveyor/brokers';
import type { Queue } from '@conveyor/brokers/rabbitmq';
import type { StageDatabase, Topologies } from '@conveyor/patterns/demo';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { publishUnconfirmed, publishWithoutAcks, type Sender } from './broken.ts';
import { workTopic } from './kafka.ts';
import { addressIn } from './one-place.ts';

/** `task 3` is the one that is refused: it is the third in a queue with room for two, or the only long one. */
const tasks = ['task 1', 'task 2', 'task 3'];
const refused = 'task 3';
/** Sent when all others have been: once its work is done, everything before it has been handed out, or never will be. */
const last = 'last task';

const roomFor = 2;
const mostBytes = 1_500;

const tables = [
  'create table tasks (task text primary key, is_sent boolean not null default false)',
  'create table done (task text not null)',
  'create table rounds (ended_at timestamptz not null default now())',
];

function topologies({ name, isBroken }: Trial): Topologies {
  // A quorum queue notices a moment late that it is full, and takes what nobody wants to have confirmed a moment later than
  // what somebody else sends afterwards; a classic one does both at once.
  const queue: Queue = { name: name('tasks'), type: 'classic', arguments: {} };
  const topic = workTopic(name('tasks'), 1);
  if (!isBroken) return { rabbitmq: { queues: [queue] }, kafka: { topics: [topic] } };
  const full = { 'x-max-length': roomFor, 'x-overflow': 'reject-publish' };
  return {
    rabbitmq: { queues: [{ ...queue, arguments: full }] },
    kafka: { topics: [{ ...topic, config: { ...topic.config, 'max.message.bytes': String(mostBytes) } }] },
  };
}

/** The name, and for the one that is to be refused so much more that it is too long. */
function bodyOf(task: string): Buffer {
  return Buffer.from(task === refused ? task.padEnd(2 * mostBytes) : task);
}

/** Does the tasks that arrive. */
async function work(worker: Worker, database: StageDatabase): Promise<void> {
  await worker.consume({
    name: worker.name('worker'),
    channels: [worker.name('tasks')],
    concurrency: 1,
    onDelivery: ({ body }) => database.query('insert into done values ($1)', [body.toString().trim()]),
  });
}

/** Answers whether the task counts as sent. */
type Send = (task: string) => Promise<boolean>;

/** Sends every task once, and writes down which of them are sent: nobody will think of these again. */
async function sendAll(database: StageDatabase, send: Send): Promise<void> {
  for (const task of tasks) {
    if (await send(task)) await database.query('update tasks set is_sent = true where task = $1', [task]);
  }
}

const right: Version = async (worker) => {
  const [database, broker] = [await worker.database(), await worker.open()];
  await sendAll(database, async (task) => {
    const [outcome] = await broker.publisher.publish([messageOf(worker, task)]);
    return outcome?.status === 'confirmed';
  });
  await database.query('insert into rounds default values');
  await work(worker, database);
};

const believing =
  (open: (worker: Worker) => Promise<Sender>): Version =>
  async (worker) => {
    const [database, sender] = [await worker.database(), await open(worker)];
    await worker.open();
    await sendAll(database, async (task) => {
      await sender.send(bodyOf(task));
      return true;
    });
    await sender.close();
    await database.query('insert into rounds default values');
    await work(worker, database);
  };

function messageOf(worker: Worker, task: string): OutgoingMessage {
  const time = new Date().toISOString();
  return {
    address: addressIn(worker.broker, worker.name('tasks'), 'any'),
    orderingKey: task,
    attributes: { id: newMessageId(), type: 'task', source: '/proof', subject: task, time },
    body: bodyOf(task),
  };
}

async function run(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(tables);
  await database.query('insert into tasks select unnest($1::text[])', [tasks]);
  await trial.open(topologies(trial));
  const isThere = async (sql: string, values: readonly unknown[] = []) =>
    (await database.query(sql, values)).rows.length > 0;
  const isDone = (task: string) => isThere('select from done where task = $1', [task]);

  await trial.start();
  await trial.until('all have been sent', () => isThere('select from rounds'));
  const sent = await database.query('select from tasks where is_sent');
  // Otherwise nothing would be shown by nothing being lost.
  if (sent.rows.length < tasks.length - (trial.isBroken ? 1 : 0)) throw new Error('not everything was sent');
  // Then there is room in the queue again.
  await trial.until('the first two are done', async () => (await isDone('task 1')) && isDone('task 2'));
  await trial.send([
    { to: addressIn(trial.broker, trial.name('tasks'), 'any'), type: 'task', subject: 'any', body: last },
  ]);
  await trial.until('the last task is done', () => isDone(last));
  const { rows } = await database.query<{ task: string }>(
    'select task from tasks where is_sent and task not in (select task from done) order by task',
  );
  return rows.map(({ task }) => task);
}

const proofOn = (broker: BrokerName, failure: string, bug: string, version: Version): Proof => ({
  failure,
  invariant: { code: 'sent-is-stored', says: 'Every task that counts as sent is done by a worker' },
  brokers: [broker],
  right,
  twins: { [bug]: { version, violates: [refused] } },
  run,
});

export const proofs: readonly Proof[] = [
  proofOn(
    'rabbitmq',
    'the queue is full, and refuses a task',
    'unconfirmed publish',
    believing(({ servers, name }) => publishUnconfirmed(servers.rabbitmq, name('tasks'))),
  ),
  proofOn(
    'kafka',
    'the topic refuses a task that is too long',
    'publish without acks',
    believing(({ servers, name }) => publishWithoutAcks(servers.kafka, name('tasks'))),
  ),
];
