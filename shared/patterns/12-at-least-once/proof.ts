import type { BrokerName, Delivery } from '@conveyor/brokers';
import type { Topologies } from '@conveyor/patterns/demo';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { atLeastOnce } from './at-least-once.ts';
import {
  ackBeforeWork,
  autoCommitBeforeWork,
  commitBeforeWork,
  noAckBeforeWork,
  type Work,
} from './broken.ts';
import { onlyRepeated } from './only-repeated.ts';

const tasks = ['task 1', 'task 2', 'task 3'];
/** Sent when the first process is dead: once its work is done, everything before it has been handed out again, or never will be. */
const last = 'last task';

const tables = 'create table done (task text not null)';

function topologies({ name }: Pick<Worker, 'name'>): Topologies {
  const tasksName = name('tasks');
  return onePlace(tasksName);
}

/** The work takes a while, and its effect comes at its end. */
async function workOf(worker: Worker): Promise<Work> {
  const database = await worker.database();
  return async (body) => {
    const task = body.toString();
    await worker.moment(`in the middle of ${task}`);
    await database.query('insert into done values ($1)', [task]);
  };
}

const right: Version = async (worker) => {
  const work = await workOf(worker);
  await worker.open(topologies(worker));
  await worker.consume({
    name: worker.name('worker'),
    channels: [worker.name('tasks')],
    concurrency: 1,
    onDelivery: atLeastOnce({
      work: ({ body }: Delivery) => work(body),
      ...onlyRepeated,
    }),
  });
};

const acknowledgesFirst: Version = async (worker) => {
  const [work, queue] = [await workOf(worker), worker.name('tasks')];
  worker.after(await ackBeforeWork(worker.servers.rabbitmq, queue, work));
};

const commitsFirst: Version = async (worker) => {
  const [work, topic, group] = [await workOf(worker), worker.name('tasks'), worker.name('worker')];
  worker.knowConsumer(group);
  worker.after(await commitBeforeWork(worker.servers.kafka, group, topic, work));
};

const acknowledgesBySending: Version = async (worker) => {
  const [work, queue] = [await workOf(worker), worker.name('tasks')];
  worker.after(await noAckBeforeWork(worker.servers.rabbitmq, queue, work));
};

const commitsByItself: Version = async (worker) => {
  const [topic, group] = [worker.name('tasks'), worker.name('worker')];
  const work = untilTheNextIsHandedOut(await workOf(worker));
  worker.knowConsumer(group);
  worker.after(await autoCommitBeforeWork(worker.servers.kafka, group, topic, work));
};

/**
 * One after the other; but task 2 takes so long that task 3 is handed out meanwhile, and kafkajs does that only when it has
 * committed task 2.
 */
function untilTheNextIsHandedOut(work: Work): Work {
  const next = Promise.withResolvers<void>();
  let before = Promise.resolve();
  return (body) => {
    const task = body.toString();
    if (task === 'task 3') next.resolve();
    before = before.then(async () => {
      if (task === 'task 2') await next.promise;
      await work(body);
    });
    return before;
  };
}

async function run(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([tables]);
  await trial.open(topologies(trial));
  const isDone = async (task: string) =>
    (await database.query('select from done where task = $1', [task])).rows.length > 0;
  const channel = trial.name('tasks');
  const to = addressIn(trial.broker, channel, 'any');
  const send = (bodies: readonly string[]) =>
    trial.send(bodies.map((body) => ({ to, type: 'task', subject: 'any', body })));

  await send(tasks);
  const first = await trial.start({ dieAt: trial.isBroken ? 'in the middle of task 2' : undefined });
  if (trial.isBroken) {
    await first.died;
    await trial.start();
  }
  await send([last]);
  await trial.until('the last task is done', () => isDone(last));
  const lost: string[] = [];
  for (const task of tasks) if (!(await isDone(task))) lost.push(task);
  return lost;
}

const proofOn = (broker: BrokerName, twins: Readonly<Record<string, Version>>): Proof => ({
  failure: 'the consumer is killed in the middle of its work',
  invariant: { code: 'work-done', says: 'Every task has its effect' },
  brokers: [broker],
  right,
  twins: Object.fromEntries(
    Object.entries(twins).map(([bug, version]) => [bug, { version, violates: ['task 2'] }]),
  ),
  run,
});

export const proofs: readonly Proof[] = [
  proofOn('rabbitmq', {
    'ack before work': acknowledgesFirst,
    'automatic acknowledgement': acknowledgesBySending,
  }),
  proofOn('kafka', {
    'commit before work': commitsFirst,
    'auto-commit before work': commitsByItself,
  }),
];
