import type { Broker, OnDelivery } from '@conveyor/brokers';
import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import { heldUntil } from '@conveyor/patterns/delayed-queue/kafka';
import type { StageDatabase, Topologies } from '@conveyor/patterns/demo';
import { workTopic } from '@conveyor/patterns/point-to-point/kafka';
import { addressIn } from '@conveyor/patterns/point-to-point/one-place';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { retryAndGoOn, retryUncounted, type Ways, type Work } from './broken.ts';
import { eachTryOnce } from './each-try-once.ts';
import { failedMessages, type Places } from './failed-messages.ts';
import { TransientFault } from './failure.ts';
import { deadLetterTopic, deadLetterTopicName, kafkaPlaces, retryTopicName, retryTopics } from './kafka.ts';
import { keepOrder } from './keep-order.ts';
import {
  deadLetterExchange,
  deadLetterQueueName,
  rabbitPlaces,
  retryQueues,
  withDeadLetters,
} from './rabbitmq.ts';
import { delayBefore, type RetryPolicy } from './retry-policy.ts';

const waitMs = 200;
const policy: RetryPolicy = { delaysMs: [waitMs, waitMs], thereafter: 'dead-letter' };
const mostTries = policy.delaysMs.length + 1;

const schemas = [
  new URL('schema.sql', import.meta.url),
  'create table tries (n serial, task text not null, is_done boolean not null)',
];

type Names = Pick<Worker, 'name' | 'broker'>;

function topologies({ name }: Names): Topologies {
  const [work, topic] = [name('work'), name('tasks')];
  const { queues, bindings } = withDeadLetters(workQueue(work));
  return {
    rabbitmq: {
      exchanges: [deadLetterExchange],
      queues: [...queues, ...retryQueues(work, policy.delaysMs)],
      bindings,
    },
    kafka: {
      topics: [workTopic(topic, 1), ...retryTopics(work, policy.delaysMs), deadLetterTopic(work)],
    },
  };
}

/** Where messages come in, where they lie when they are given up, and where they go when they fail. */
function layoutOf({ name, broker }: Names) {
  const work = name('work');
  return broker === 'kafka'
    ? { tasks: name('tasks'), dead: deadLetterTopicName(work), places: kafkaPlaces(work) }
    : { tasks: work, dead: deadLetterQueueName(work), places: rabbitPlaces(work) };
}

/** The body says how often it fails. */
const doTask =
  (database: StageDatabase): Work =>
  async ({ attributes, body }) => {
    const task = attributes['type'] ?? '';
    const { rows } = await database.query('select from tries where task = $1', [task]);
    const isDone = rows.length >= Number(body.toString());
    await database.query('insert into tries (task, is_done) values ($1, $2)', [task, isDone]);
    if (!isDone) throw new TransientFault('no-answer', 'it does not answer');
  };

type Handle = (worker: Worker, broker: Broker, database: StageDatabase, places: Places) => OnDelivery;

const consuming =
  (handle: Handle): Version =>
  async (worker) => {
    const database = await worker.database();
    const broker = await worker.open(topologies(worker));
    const { tasks, places } = layoutOf(worker);
    const onDelivery = handle(worker, broker, database, places);
    const name = worker.name('work');
    await worker.consume({ name, channels: [tasks], concurrency: 1, onDelivery });
    // On RabbitMQ a message that has waited comes back to its queue by itself.
    if (worker.broker === 'rabbitmq') return;
    await worker.consume({
      name: `${name}.retries`,
      channels: [retryTopicName(name, waitMs)],
      concurrency: 1,
      notBefore: heldUntil,
      onDelivery,
    });
  };

const rightLadder = consuming((worker, broker, database, places) => {
  const consumer = worker.name('work');
  const inOrder = worker.broker === 'kafka';
  const waitBefore = (_delivery: unknown, attempt: number) => delayBefore(policy, attempt);
  const failed = failedMessages({ consumer, broker, database, places, delayBefore: waitBefore, inOrder });
  const { retryLater, setAside } = failed;
  const work = doTask(database);
  const attempt = eachTryOnce(failed, atLeastOnce({ work, delayBefore: waitBefore, retryLater, setAside }));
  return inOrder ? keepOrder({ consumer, database, attempt }) : attempt;
});

const retrying = (retry: (broker: Broker, ways: Ways, work: Work) => OnDelivery) =>
  consuming((_worker, broker, database, places) => {
    const again: Ways['again'] = (delivery) => places.retry(delivery, waitMs);
    return retry(broker, { again, dead: places.dead, waitMs, mostTries }, doTask(database));
  });

const order = 'order 1';

/** Sends tasks of one order; each names how often it fails. */
async function send(trial: Trial, tasks: Readonly<Record<string, number>>): Promise<void> {
  const to = addressIn(trial.broker, layoutOf(trial).tasks, order);
  await trial.send(
    Object.entries(tasks).map(([type, fails]) => ({ to, type, subject: order, body: String(fails) })),
  );
}

async function begin(trial: Trial) {
  const database = await trial.database(schemas);
  await trial.open();
  await trial.start();
  const done = async () => {
    const sql = 'select task from tries where is_done order by n';
    return (await database.query<{ task: string }>(sql)).rows.map(({ task }) => task);
  };
  const triesOf = async (task: string) =>
    (await database.query('select from tries where task = $1', [task])).rows.length;
  return { done, triesOf };
}

async function failForEver(trial: Trial): Promise<readonly string[]> {
  const { done, triesOf } = await begin(trial);
  const letters = new Set<string>();
  await trial.consume({
    name: trial.name('looker'),
    channels: [layoutOf(trial).dead],
    concurrency: 1,
    onDelivery: async ({ attributes }) => void letters.add(attributes['type'] ?? ''),
  });
  await send(trial, { hopeless: trial.isBroken ? Number.MAX_SAFE_INTEGER : 0 });
  const isOver = async () => letters.has('hopeless') || (await triesOf('hopeless')) > mostTries;
  await trial.until('its tries are over', async () => (await done()).length > 0 || isOver());
  const isRight = letters.has('hopeless') && (await triesOf('hopeless')) === mostTries;
  return trial.isBroken && !isRight ? ['hopeless'] : [];
}

async function failOnce(trial: Trial): Promise<readonly string[]> {
  const { done } = await begin(trial);
  await send(trial, { placed: trial.isBroken ? 1 : 0, cancelled: 0 });
  await trial.until('both are done', async () => (await done()).length === 2);
  return (await done())[0] === 'placed' ? [] : ['cancelled'];
}

export const retryProofs: readonly Proof[] = [
  {
    failure: 'a message fails at every try',
    invariant: { code: 'tries-end', says: 'What fails each time is a dead letter after its tries' },
    brokers: ['rabbitmq', 'kafka'],
    right: rightLadder,
    twins: {
      'retry counter that never grows': { version: retrying(retryUncounted), violates: ['hopeless'] },
    },
    run: failForEver,
  },
  {
    failure: 'the first of two messages of an order fails once',
    invariant: { code: 'in-order', says: 'The messages of an order are handled in their order' },
    brokers: ['kafka'],
    right: rightLadder,
    twins: { 'a retry that overtakes': { version: retrying(retryAndGoOn), violates: ['cancelled'] } },
    run: failOnce,
  },
];
