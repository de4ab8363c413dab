import { type Address, newMessageId } from '@conveyor/brokers';
import type { Topologies } from '@conveyor/patterns/demo';
import { addressIn } from '@conveyor/patterns/point-to-point/one-place';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { oneTopicForAll, queueWithoutLevels } from './broken.ts';
import { levelTopicName, levelTopics, shareOf } from './kafka.ts';
import type { Level } from './priority-queue.ts';
import { priorityOf, priorityQueue } from './rabbitmq.ts';

const backlog = Array.from({ length: 12 }, (_, n) => `low ${n + 1}`);
const express = 'express';
/** By far fewer than the backlog; on Kafka some may be begun before the express one has been fetched. */
const mayComeFirst = 4;

const tables = 'create table done (n serial, task text not null)';

/** What a version declares, and where a task of some level is sent. */
interface Layout {
  readonly topologies: Topologies;
  readonly channels: readonly string[];
  readonly addressOf: (level: Level) => Address;
}

type LayoutOf = (place: Pick<Worker, 'name' | 'broker'>) => Layout;

const withLevels: LayoutOf = ({ name, broker }) => {
  const task = name('charge');
  const topics = levelTopics(task, 1);
  return {
    topologies: { rabbitmq: { queues: [priorityQueue(task)] }, kafka: { topics } },
    channels: broker === 'kafka' ? topics.map((topic) => topic.name) : [task],
    addressOf: (level) =>
      broker === 'kafka' ? { channel: levelTopicName(task, level), key: 'any' } : { channel: '', key: task },
  };
};

const withoutLevels: LayoutOf = ({ name, broker }) => {
  const task = name('charge');
  return {
    topologies: {
      rabbitmq: { queues: [queueWithoutLevels(task)] },
      kafka: { topics: [oneTopicForAll(task, 1)] },
    },
    channels: [task],
    addressOf: () => addressIn(broker, task, 'any'),
  };
};

/** Sends what the trial has written down, and then works it off, one at a time. */
const version =
  (layoutOf: LayoutOf): Version =>
  async (worker) => {
    const database = await worker.database();
    const { topologies, channels, addressOf } = layoutOf(worker);
    const broker = await worker.open(topologies);
    const { rows } = await database.query<{ task: string }>('select task from wanted order by n');
    await broker.publisher.publish(
      rows.map(({ task }) => {
        const level = task === express ? 'high' : 'low';
        return {
          address: addressOf(level),
          orderingKey: task,
          attributes: { id: newMessageId(), type: task },
          body: Buffer.from(task),
          priority: priorityOf[level],
        };
      }),
    );
    await worker.consume({
      name: worker.name('worker'),
      channels,
      concurrency: 1,
      ...(channels.length > 1 && { shareOf }),
      onDelivery: async ({ body }) => {
        await database.query('insert into done (task) values ($1)', [body.toString()]);
      },
    });
  };

async function run(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([tables, 'create table wanted (n serial, task text not null)']);
  await trial.open();
  const wanted = trial.isBroken ? [...backlog, express] : [express, ...backlog];
  await database.query('insert into wanted (task) select * from unnest($1::text[])', [wanted]);
  await trial.start();
  const done = async () =>
    (await database.query<{ task: string }>('select task from done order by n')).rows.map(({ task }) => task);
  await trial.until('all tasks are done', async () => (await done()).length >= wanted.length);
  return (await done()).indexOf(express) > mayComeFirst ? [express] : [];
}

const proofOn = (broker: 'rabbitmq' | 'kafka', bug: string): Proof => ({
  failure: 'a backlog of low tasks lies there when an express one comes',
  invariant: { code: 'express-first', says: 'The express task overtakes the backlog' },
  brokers: [broker],
  right: version(withLevels),
  twins: { [bug]: { version: version(withoutLevels), violates: [express] } },
  run,
});

export const proofs: readonly Proof[] = [
  proofOn('rabbitmq', 'priority without levels'),
  proofOn('kafka', 'one topic for all levels'),
];
