import type { BrokerName, Delivery } from '@conveyor/brokers';
import type { Topologies } from '@conveyor/patterns/demo';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { oneGroupForAll, oneQueueForAll } from './broken.ts';
import { groupPerSubscriber } from './kafka.ts';
import { fanout } from './rabbitmq.ts';

const services = ['email-service', 'sms-service'];
const messages = ['message 1', 'message 2', 'message 3', 'message 4'];
/** Sent behind all others: a place from which it has been handed out has nothing before it left. */
const last = 'last message';

/** `place`: the queue or group from which a service gets its messages. */
const tables = [
  'create sequence turns',
  'create table subscribers (service text primary key, place text not null)',
  'create table got (service text not null, message text not null)',
];

type Named = Pick<Worker, 'name'>;

/** The exchange is the publisher's; queues belong to whoever subscribes. All of them are known here, so that they are removed. */
function topologies({ name }: Named): Topologies {
  const [exchange, shared, own] = [name('notifications'), name('shared'), services.map((each) => name(each))];
  const [right, twin] = [fanout(exchange, own), oneQueueForAll(exchange, shared)];
  return {
    rabbitmq: {
      exchanges: [right.exchange],
      queues: [...own, shared].map(workQueue),
      bindings: [...right.bindings, ...twin.bindings],
    },
    kafka: { topics: [{ name: exchange, partitions: 1 }] },
  };
}

/** Where the service gets its messages: the name of its consumer, and what it reads. */
interface Subscription {
  readonly consumer: string;
  readonly channels: readonly string[];
}

/** Each process that is started is the next one of the services. */
const subscribing =
  (subscriptionOf: (worker: Worker, service: number) => Subscription): Version =>
  async (worker) => {
    const database = await worker.database();
    const { rows } = await database.query<{ turn: number }>(`select nextval('turns')::int as turn`);
    const turn = (rows[0]?.turn ?? 1) - 1;
    const { consumer, channels } = subscriptionOf(worker, turn);
    const service = services[turn];
    const place = worker.broker === 'kafka' ? consumer : channels.join();
    await worker.open();
    await worker.consume({
      name: consumer,
      channels,
      concurrency: 1,
      onDelivery: ({ body }: Delivery) =>
        database.query('insert into got values ($1, $2)', [service, body.toString()]),
    });
    await database.query('insert into subscribers values ($1, $2)', [service, place]);
  };

const rightQueue = subscribing(({ name }, service) => {
  const queue = fanout(name('notifications'), services.map(name)).bindings[service]?.queue ?? '';
  return { consumer: queue, channels: [queue] };
});

const sharedQueue = subscribing(({ name }, service) => {
  const queue = oneQueueForAll(name('notifications'), name('shared')).bindings[0]?.queue ?? '';
  return { consumer: name(services[service] ?? ''), channels: [queue] };
});

const rightGroup = subscribing(({ name }, service) => {
  const { group, topics } = groupPerSubscriber(services.map(name), [name('notifications')])[service] ?? none;
  return { consumer: group, channels: topics };
});

const sharedGroup = subscribing(({ name }, service) => {
  const groups = oneGroupForAll(name('notifications'), services.map(name), [name('notifications')]);
  const { group, topics } = groups[service] ?? none;
  return { consumer: group, channels: topics };
});

const none = { group: '', topics: [] };

async function run(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(tables);
  await trial.open(topologies(trial));
  await trial.start();
  if (trial.isBroken) await trial.start();

  const to = { channel: trial.name('notifications'), key: 'any' };
  const drafts = [...messages, last].map((body) => ({ to, type: 'notification', subject: 'any', body }));
  await trial.send(drafts);
  await trial.until('the last message has come out of every place', async () => {
    const { rows } = await database.query(
      `select place from subscribers group by place
       having not bool_or(service in (select service from got where message = $1))`,
      [last],
    );
    return rows.length === 0;
  });
  const { rows } = await database.query<{ message: string }>(
    `select distinct sent.message from unnest($1::text[]) as sent (message), subscribers
     where not exists (select from got where got.service = subscribers.service and got.message = sent.message)
     order by sent.message`,
    [messages],
  );
  return rows.map(({ message }) => message);
}

const proofOn = (broker: BrokerName, version: Version, bug: string, twin: Version): Proof => ({
  failure: 'a second service subscribes',
  invariant: { code: 'each-gets-all', says: 'Every service that has subscribed gets every message' },
  brokers: [broker],
  right: version,
  twins: { [bug]: { version: twin, violates: messages } },
  run,
});

export const proofs: readonly Proof[] = [
  proofOn('rabbitmq', rightQueue, 'one shared queue', sharedQueue),
  proofOn('kafka', rightGroup, 'one group id for all', sharedGroup),
];
