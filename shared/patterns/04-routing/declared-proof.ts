import type { Topologies } from '@conveyor/patterns/demo';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { declareItMyself } from './broken.ts';

const event = 'order.created';

const tables = ['create table handled (event text not null)', 'create table log (error text not null)'];

/** What the exchange is stands in the topology, in one place; with the failure it has become another there. */
function topologies({ name, isBroken }: Trial): Topologies {
  const [exchange, queue] = [name('events'), name('subscriber')];
  return {
    rabbitmq: {
      exchanges: [{ name: exchange, type: isBroken ? 'topic' : 'direct' }],
      queues: [workQueue(queue)],
      bindings: [{ exchange, queue, key: event }],
    },
    kafka: { topics: [] },
  };
}

async function writesDown(worker: Worker): Promise<(body: Buffer) => Promise<void>> {
  const database = await worker.database();
  return async (body) => void (await database.query('insert into handled values ($1)', [body.toString()]));
}

/** It knows its queue by name, and nothing else. */
export const rightByName: Version = async (worker) => {
  const handle = await writesDown(worker);
  await worker.open();
  const queue = worker.name('subscriber');
  await worker.consume({
    name: queue,
    channels: [queue],
    concurrency: 1,
    onDelivery: ({ body }) => handle(body),
  });
};

const declaring: Version = async (worker) => {
  const database = await worker.database();
  const [exchange, queue] = [worker.name('events'), worker.name('subscriber')];
  const log = ({ message }: Error) => void database.query('insert into log values ($1)', [message]);
  worker.after(
    await declareItMyself(worker.servers.rabbitmq, exchange, queue, await writesDown(worker), log),
  );
};

async function run(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(tables);
  await trial.open(topologies(trial));
  await trial.start();
  const to = { channel: trial.name('events'), key: event };
  await trial.send([{ to, type: event, subject: 'any', body: event }]);
  const isThere = async (table: 'handled' | 'log') =>
    (await database.query(`select from ${table}`)).rows.length > 0;
  await trial.until('the event is handled, or an error is in the log', async () => {
    return (await isThere('handled')) || (await isThere('log'));
  });
  return (await isThere('handled')) ? [] : [event];
}

export const declaredTwice: Proof = {
  failure: 'an exchange has become a topic exchange, and not everybody knows',
  invariant: { code: 'listens', says: 'Whoever subscribes gets what is sent' },
  brokers: ['rabbitmq'],
  right: rightByName,
  twins: { 'one exchange, declared in two ways': { version: declaring, violates: [event] } },
  run,
};
