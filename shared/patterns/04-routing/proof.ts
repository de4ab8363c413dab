import { newMessageId } from '@conveyor/brokers';
import type { Binding } from '@conveyor/brokers/rabbitmq';
import type { StageDatabase, Topologies } from '@conveyor/patterns/demo';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { constantKey, everythingAboutOrders, fromTheNewest, sendConfirmed } from './broken.ts';
import { declaredTwice } from './declared-proof.ts';
import { eventTopic } from './kafka.ts';
import { bindAll, topicExchange } from './rabbitmq.ts';

/** Sent after all others: when it has been handled, they have been handed out before, or never will be. */
const last = 'order.completed';

const tables = 'create table handled (event text primary key)';

type Place = Pick<Worker, 'name'>;

const isHandled = async (database: StageDatabase, event: string) =>
  (await database.query('select from handled where event = $1', [event])).rows.length > 0;

async function unhandled(database: StageDatabase, events: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const event of events) if (!(await isHandled(database, event))) missing.push(event);
  return missing;
}

/** The work of a subscriber: it writes down what it was handed. */
async function writesDown(worker: Worker): Promise<(body: Buffer) => Promise<void>> {
  const database = await worker.database();
  return async (body) => {
    const sql = 'insert into handled values ($1) on conflict do nothing';
    await database.query(sql, [body.toString()]);
  };
}

async function subscribe(worker: Worker, topologies: Topologies, channel: string): Promise<void> {
  const handle = await writesDown(worker);
  await worker.open(topologies);
  const onDelivery = ({ body }: { readonly body: Buffer }) => handle(body);
  await worker.consume({ name: worker.name('subscriber'), channels: [channel], concurrency: 1, onDelivery });
}

// Bindings: the subscriber beside an audit trail that takes everything, as in the order system.

function rabbit({ name }: Place, bindings: readonly Binding[]): Topologies {
  const queues = [workQueue(name('subscriber')), workQueue(name('audit'))];
  return {
    rabbitmq: { exchanges: [topicExchange(name('events'))], queues, bindings },
    kafka: { topics: [] },
  };
}

const boundBy =
  (pattern: string): Version =>
  (worker) => {
    const queue = worker.name('subscriber');
    return subscribe(worker, rabbit(worker, bindAll(worker.name('events'), queue, [pattern])), queue);
  };

async function sendLongerKeys(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([tables]);
  const channel = trial.name('events');
  await trial.open(rabbit(trial, bindAll(channel, trial.name('audit'), ['#'])));
  await trial.start();
  const events = ['order.created', ...(trial.isBroken ? ['order.item.added'] : []), 'order.paid'];
  await trial.send(
    [...events, last].map((body) => ({ to: { channel, key: body }, type: body, subject: 'any', body })),
  );
  await trial.until('the last event is handled', () => isHandled(database, last));
  return unhandled(database, events);
}

const missedByBinding: Proof = {
  failure: 'a new type of event has one word more than those before it',
  invariant: { code: 'subscribed', says: 'Whoever wants everything about orders gets it' },
  brokers: ['rabbitmq'],
  right: boundBy('order.#'),
  twins: {
    'a star is one word': { version: boundBy(everythingAboutOrders), violates: ['order.item.added'] },
  },
  run: sendLongerKeys,
};

// Senders: one writes down what it may forget, since the broker has it.

const toSend = ['order.created', 'order.paid'] as const;

const noteSent = (database: StageDatabase) => async (key: string) => {
  await database.query('insert into sent values ($1)', [key]);
};

const sendsMandatory: Version = async (worker) => {
  const note = noteSent(await worker.database());
  const { publisher } = await worker.open(rabbit(worker, []));
  for (const key of toSend) {
    const attributes = { id: newMessageId(), type: key, source: '/proof', subject: 'any' };
    const address = { channel: worker.name('events'), key };
    const message = { address, orderingKey: 'any', attributes, body: Buffer.from(key) };
    const [outcome] = await publisher.publish([message]);
    if (outcome?.status === 'confirmed') await note(key);
  }
};

const sendsWithConfirms: Version = async (worker) => {
  const note = noteSent(await worker.database());
  const { rabbitmq } = worker.servers;
  worker.after(await sendConfirmed(rabbitmq, worker.name('events'), toSend, note));
};

async function sendToNobody(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(['create table sent (event text not null)']);
  const queue = trial.name('subscriber');
  const bindings = trial.isBroken ? [] : bindAll(trial.name('events'), queue, ['order.#']);
  const broker = await trial.open(rabbit(trial, bindings));
  await trial.start();
  await trial.send([{ to: { channel: '', key: queue }, type: last, subject: 'any', body: last }]);
  const arrived = new Set<string>();
  const onDelivery = async ({ body }: { readonly body: Buffer }) => arrived.add(body.toString());
  const consumer = broker.consume({ name: queue, channels: [queue], concurrency: 1, onDelivery });
  trial.after(() => consumer.stop(1_000));
  await trial.until('the last event has arrived', () => arrived.has(last));
  const sent = await database.query<{ event: string }>('select event from sent', []);
  if (!trial.isBroken && sent.rows.length < toSend.length) throw new Error('not everything was sent');
  return sent.rows.map(({ event }) => event).filter((event) => !arrived.has(event));
}

const takenByNobody: Proof = {
  failure: 'the binding of the queue is missing when events are sent',
  invariant: { code: 'sent-is-stored', says: 'What its sender holds to be sent is in a queue' },
  brokers: ['rabbitmq'],
  right: sendsMandatory,
  twins: { 'a confirm taken for a delivery': { version: sendsWithConfirms, violates: toSend } },
  run: sendToNobody,
};

// Newcomers: a group that has never read.

function kafka({ name }: Place): Topologies {
  return { rabbitmq: {}, kafka: { topics: [eventTopic(name('events'), 1)] } };
}

const beginsAtTheFirst: Version = (worker) => subscribe(worker, kafka(worker), worker.name('events'));

const beginsAtTheNewest: Version = async (worker) => {
  const [group, topic] = [worker.name('subscriber'), worker.name('events')];
  worker.knowConsumer(group);
  worker.after(await fromTheNewest(worker.servers.kafka, group, topic, await writesDown(worker)));
};

async function joinLate(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([tables]);
  await trial.open(kafka(trial));
  const send = (bodies: readonly string[]) => {
    const to = { channel: trial.name('events'), key: 'any' };
    return trial.send(bodies.map((body) => ({ to, type: body, subject: 'any', body })));
  };
  /** Until one is handled: only then it is certain that the group has a place in the log. */
  const sendUntilHandled = (event: string) =>
    trial.until(`${event} is handled`, async () => {
      await send([event]);
      return isHandled(database, event);
    });
  const events = ['order.created', 'order.paid'];
  if (trial.isBroken) await send(events);
  await trial.start();
  await sendUntilHandled('product.created');
  if (!trial.isBroken) await send(events);
  await sendUntilHandled(last);
  return unhandled(database, events);
}

const historySkipped: Proof = {
  failure: 'events were there before their subscriber was',
  invariant: { code: 'from-the-first', says: 'A newcomer gets every event that is kept' },
  brokers: ['kafka'],
  right: beginsAtTheFirst,
  twins: {
    'a new group begins at the newest': {
      version: beginsAtTheNewest,
      violates: ['order.created', 'order.paid'],
    },
  },
  run: joinLate,
};

// Keys: two orders whose own keys lead to different partitions.

const [slow, other] = ['order 1', 'order 3'];
const partitions = 2;

const twoPartitions = ({ name }: Place): Topologies => ({
  rabbitmq: {},
  kafka: { topics: [eventTopic(name('events'), partitions)] },
});

const keyedBy =
  (keyOf: (order: string) => string): Version =>
  async (worker) => {
    const { publisher } = await worker.open(twoPartitions(worker));
    const outcomes = await publisher.publish(
      [slow, other].map((order) => ({
        address: { channel: worker.name('events'), key: keyOf(order) },
        orderingKey: order,
        attributes: { id: newMessageId(), type: 'order.created', source: '/proof', subject: order },
        body: Buffer.from(order),
      })),
    );
    if (outcomes.some(({ status }) => status !== 'confirmed')) throw new Error('an event was not stored');
  };

const rightKey = keyedBy((order) => order);

async function workOnOneForLong(trial: Trial): Promise<readonly string[]> {
  await trial.open(twoPartitions(trial));
  await trial.start();
  const { promise: isOver, resolve: endTheSlowOne } = Promise.withResolvers<void>();
  const done = new Set<string>();
  const seen = new Map<string, string>();
  await trial.consume({
    name: trial.name('subscriber'),
    channels: [trial.name('events')],
    concurrency: partitions,
    onDelivery: async ({ body, origin }) => {
      const event = body.toString();
      seen.set(event, origin.position?.split(':')[0] ?? '');
      if (trial.isBroken && event === slow) await isOver;
      done.add(event);
    },
  });
  // One behind them in each partition: where the slow one is not, it is soon done, and whatever came before it as well.
  const behind = [slow, other].map((key) => ({ key, body: `behind ${key}` }));
  const channel = trial.name('events');
  await trial.send(
    behind.map(({ key, body }) => ({ to: { channel, key }, type: 'last', subject: key, body })),
  );
  await trial.until('a partition has been read', () => behind.some(({ body }) => done.has(body)));
  const missing = trial.isBroken && !done.has(other) ? [other] : [];
  endTheSlowOne();
  await trial.until('all are done', () => done.size === 2 + behind.length);
  if (new Set(behind.map(({ body }) => seen.get(body))).size < partitions)
    throw new Error('the keys of both orders lead to the same partition');
  return missing;
}

const hotPartition: Proof = {
  failure: 'the work on one order takes long',
  invariant: { code: 'others-go-on', says: 'Orders do not wait for each other while a partition is free' },
  brokers: ['kafka'],
  right: rightKey,
  twins: { 'one hot partition': { version: keyedBy(constantKey), violates: [other] } },
  run: workOnOneForLong,
};

export const proofs: readonly Proof[] = [
  missedByBinding,
  takenByNobody,
  declaredTwice,
  historySkipped,
  hotPartition,
];
