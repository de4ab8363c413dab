import type { BrokerName, OnDelivery } from '@conveyor/brokers';
import type { Queue, RabbitTopology } from '@conveyor/brokers/rabbitmq';
import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import type { StageDatabase, Topologies } from '@conveyor/patterns/demo';
import { workTopic } from '@conveyor/patterns/point-to-point/kafka';
import { addressIn } from '@conveyor/patterns/point-to-point/one-place';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import type { Proof, Trial, Twin, Version, Worker } from '@conveyor/patterns/proof';
import {
  deadLettersBoundToNothing,
  deadLettersToAQueue,
  logAndGoOn,
  readAgainForEver,
  rejectWhatFails,
  requeueForEver,
  sendAndForget,
  type Work,
} from './broken.ts';
import { failedMessages } from './failed-messages.ts';
import { PermanentFault } from './failure.ts';
import { deadLetterTopic, deadLetterTopicName, kafkaPlaces } from './kafka.ts';
import { deadLetterExchange, deadLetterQueueName, rabbitPlaces, withDeadLetters } from './rabbitmq.ts';
import { retryProofs } from './retry-proofs.ts';

const tasks = ['task 1', 'task 2', 'task 3'];
/** What no try can help. */
const hopeless = 'hopeless';
/** Sent last, to the tasks: once it is done, everything before it has been handed out. */
const last = 'last task';
/** Sent last, to the dead letters. */
const end = 'end of the dead letters';

const schemas = [new URL('schema.sql', import.meta.url), 'create table done (task text not null)'];

type Names = Pick<Worker, 'name' | 'broker'>;

function topologies({ name }: Names): Topologies {
  const [work, topic] = [name('work'), name('tasks')];
  return {
    rabbitmq: { exchanges: [deadLetterExchange], ...withDeadLetters(workQueue(work)) },
    kafka: { topics: [workTopic(topic, 1), deadLetterTopic(work)] },
  };
}

/** Where tasks lie, and where dead letters do. */
function channelsOf({ name, broker }: Names) {
  const work = name('work');
  return broker === 'kafka'
    ? { tasks: name('tasks'), dead: deadLetterTopicName(work) }
    : { tasks: work, dead: deadLetterQueueName(work) };
}

const doTask = async (database: StageDatabase, body: Buffer): Promise<void> => {
  const task = body.toString();
  if (task === hopeless) throw new PermanentFault('hopeless', 'no try can help');
  await database.query('insert into done values ($1)', [task]);
};

/** `atOnce`: one in hand, so that what comes last is done last; more, where something is handed out again and again. */
const consuming =
  (
    atOnce: number,
    handle: (worker: Worker, database: StageDatabase, work: Work) => Promise<OnDelivery>,
  ): Version =>
  async (worker) => {
    const database = await worker.database();
    const work: Work = ({ body }) => doTask(database, body);
    const onDelivery = await handle(worker, database, work);
    const { tasks: channel } = channelsOf(worker);
    await worker.consume({ name: worker.name('work'), channels: [channel], concurrency: atOnce, onDelivery });
  };

const right = consuming(1, async (worker, database, work) => {
  const broker = await worker.open(topologies(worker));
  const consumer = worker.name('work');
  const places = worker.broker === 'kafka' ? kafkaPlaces(consumer) : rabbitPlaces(consumer);
  const none = () => undefined;
  const failed = failedMessages({ consumer, broker, database, places, delayBefore: none, inOrder: false });
  const { retryLater, setAside } = failed;
  return atLeastOnce({ work, delayBefore: none, retryLater, setAside });
});

const swallowing = consuming(1, async (worker, _database, work) => {
  await worker.open(topologies(worker));
  return logAndGoOn(work, () => {});
});

const readingAgain = consuming(5, async (worker, _database, work) => {
  await worker.open(topologies(worker));
  return readAgainForEver(work);
});

/** The topic was never made: of all reasons for which a send fails the simplest. */
const forgetting = consuming(1, async (worker, _database, work) => {
  const broker = await worker.open(topologies(worker));
  return sendAndForget(broker, { channel: worker.name('nowhere'), key: hopeless }, work);
});

/** With the plain driver, on a queue whose dead letters go where `declare` sends them. */
const plainly =
  (
    consume: typeof rejectWhatFails,
    declare: (work: string, dead: Queue, worker: Worker) => Partial<RabbitTopology>,
  ): Version =>
  async (worker) => {
    const database = await worker.database();
    const { tasks: queue, dead } = channelsOf(worker);
    const deadQueue = withDeadLetters(workQueue(queue)).queues.find(({ name }) => name === dead);
    if (!deadQueue) throw new Error('there is no queue for dead letters');
    await worker.open({ rabbitmq: declare(queue, deadQueue, worker), kafka: { topics: [] } });
    const work = (body: Buffer) => doTask(database, body);
    worker.after(await consume(worker.servers.rabbitmq, queue, work, () => {}));
  };

const requeueing = plainly(requeueForEver, (work) => ({
  exchanges: [deadLetterExchange],
  ...withDeadLetters({ name: work, type: 'classic', arguments: {} }),
}));
const misnaming = plainly(rejectWhatFails, (work, dead) => ({
  queues: [deadLettersToAQueue(work, dead.name), dead],
}));
const misbinding = plainly(rejectWhatFails, (work, dead, { name }) =>
  deadLettersBoundToNothing(work, name('dlx'), dead),
);

async function run(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(schemas);
  await trial.open();
  await trial.start();
  const { tasks: channel, dead } = channelsOf(trial);
  const letters = new Set<string>();
  await trial.consume({
    name: trial.name('looker'),
    channels: [dead],
    concurrency: 1,
    onDelivery: async ({ body }) => void letters.add(body.toString()),
  });
  const send = (to: string, bodies: readonly string[]) =>
    trial.send(
      bodies.map((body) => ({ to: addressIn(trial.broker, to, body), type: 'task', subject: body, body })),
    );
  const isDone = async (task: string) =>
    (await database.query('select from done where task = $1', [task])).rows.length > 0;

  const wanted = trial.isBroken ? [...tasks, hopeless] : tasks;
  await send(channel, [...wanted, last]);
  for (const task of [...tasks, last]) await trial.until(`${task} is done`, () => isDone(task));
  // A letter was stored before the message was acknowledged; what came before the end is there when the end is.
  await send(dead, [end]);
  await trial.until('the end of the dead letters has come', () => letters.has(end));
  return wanted.includes(hopeless) && !letters.has(hopeless) ? [hopeless] : [];
}

const proofOn = (broker: BrokerName, twins: Readonly<Record<string, Version>>): Proof => ({
  failure: 'a message comes that can never be handled',
  invariant: {
    code: 'done-or-dead-letter',
    says: 'Every message is handled, or lies among the dead letters',
  },
  brokers: [broker],
  right,
  twins: Object.fromEntries(
    Object.entries(twins).map(([bug, version]): [string, Twin] => [bug, { version, violates: [hopeless] }]),
  ),
  run,
});

export const proofs: readonly Proof[] = [
  proofOn('rabbitmq', {
    'ack after an exception': swallowing,
    'requeue for ever': requeueing,
    'x-dead-letter-exchange names a queue': misnaming,
    'dead-letter queue bound with ""': misbinding,
  }),
  proofOn('kafka', {
    'commit after an exception': swallowing,
    'reading again for ever': readingAgain,
    'committed though the send failed': forgetting,
  }),
  ...retryProofs,
];
