import type { OutgoingMessage, Publisher } from '@conveyor/brokers';
import { newMessageId } from '@conveyor/brokers';
import type { StageDatabase, Topologies } from '@conveyor/patterns/demo';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { insertThenPublish, pagedByLastId, publishThenInsert } from './broken.ts';
import { appendToOutbox, type OutboxRow } from './outbox.ts';
import { startRelay } from './relay.ts';
import type { RelaySource } from './relay-source.ts';
import type { Database, Tx } from './tx.ts';
import { outbox } from './waiting-rows.ts';

const orders = ['order 1', 'order 2', 'order 3'];
/** Asked for when the first process is dead: once it is heard of, everything before it has been, or never will be. */
const last = 'last order';
const between = (order: string) => `${order} is between its table and its broker`;

const schemas = [
  new URL('schema.sql', import.meta.url),
  // A client who gets no answer does not ask again: what is taken from `wishes` is gone.
  'create table wishes (n serial, id text not null); create table orders (id text not null)',
];

function topologies({ name }: Pick<Worker, 'name'>): Topologies {
  return onePlace(name('told'));
}

function rowOf({ broker, name }: Pick<Worker, 'broker' | 'name'>, order: string): OutboxRow {
  const channel = name('told');
  const message: OutgoingMessage = {
    address: addressIn(broker, channel, 'any'),
    orderingKey: 'any',
    attributes: { id: newMessageId(), type: 'order.created', subject: order },
    body: Buffer.from(order),
  };
  return { broker, message };
}

const store = (order: string) => async (tx: Tx) => {
  await tx.query('insert into orders values ($1)', [order]);
};

type Place = (order: string) => Promise<void>;

/** Takes wishes, one after the other, for as long as the process lives. */
async function takeWishes(worker: Worker, database: StageDatabase, place: Place): Promise<void> {
  const stopping = new AbortController();
  const taking = (async () => {
    while (!stopping.signal.aborted) {
      const { rows } = await database.query<{ id: string }>(
        'delete from wishes where n = (select min(n) from wishes) returning id',
      );
      if (rows[0]) await place(rows[0].id);
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  worker.after(async () => {
    stopping.abort();
    await taking;
  });
}

/** Order and message are one transaction; the relay sends what was written. */
const right: Version = async (worker) => {
  const database = await worker.database();
  const broker = await worker.open(topologies(worker));
  const relay = startRelay({ service: 'proof', broker, connect: () => database.connect() });
  worker.after(() => relay.stop());
  await takeWishes(worker, database, async (order) => {
    await database.transaction(async (tx) => {
      await store(order)(tx);
      await appendToOutbox(tx, [rowOf(worker, order)]);
    });
    await worker.moment(between(order));
    relay.wake();
  });
};

/** Its publisher, or its database, is passed by only when the moment between the two has come. */
const writesTwice =
  (place: typeof insertThenPublish, first: 'database' | 'publisher'): Version =>
  async (worker) => {
    const database = await worker.database();
    const { publisher } = await worker.open(topologies(worker));
    await takeWishes(worker, database, (order) => {
      const say = () => worker.moment(between(order));
      const lateDatabase: Database = { transaction: (work) => say().then(() => database.transaction(work)) };
      const latePublisher: Publisher = { publish: (all) => say().then(() => publisher.publish(all)) };
      return first === 'database'
        ? place(database, latePublisher, store(order), rowOf(worker, order))
        : place(lateDatabase, publisher, store(order), rowOf(worker, order));
    });
  };

/** Everything that anybody hears of. */
async function listen(trial: Trial): Promise<Set<string>> {
  const heard = new Set<string>();
  await trial.open(topologies(trial));
  await trial.consume({
    name: trial.name('listener'),
    channels: [trial.name('told')],
    concurrency: 1,
    onDelivery: async ({ body }) => void heard.add(body.toString()),
  });
  return heard;
}

/** Stored and not heard of, or heard of and not stored. */
async function killed(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(schemas);
  const heard = await listen(trial);
  const wish = (ids: readonly string[]) =>
    database.query('insert into wishes (id) select * from unnest($1::text[])', [ids]);
  await wish(orders);
  const first = await trial.start({ dieAt: trial.isBroken ? between('order 2') : undefined });
  if (trial.isBroken) {
    await first.died;
    await trial.start();
  }
  await wish([last]);
  await trial.until('the last order was heard of', () => heard.has(last));
  const { rows } = await database.query<{ id: string }>('select id from orders');
  const stored = new Set(rows.map(({ id }) => id));
  return orders.filter((order) => stored.has(order) !== heard.has(order));
}

const relaying =
  (source: () => RelaySource): Version =>
  async (worker) => {
    const database = await worker.database();
    const broker = await worker.open(topologies(worker));
    const relay = startRelay({
      service: 'proof',
      broker,
      source: source(),
      connect: () => database.connect(),
      // Nobody in this process writes rows, so nobody wakes it.
      pollMs: 20,
    });
    worker.after(() => relay.stop());
  };

/** The transaction that took the lower id commits when the higher one has been sent. */
async function late(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(schemas);
  const heard = await listen(trial);
  await trial.start();
  const write = (order: string) => (tx: Tx) => appendToOutbox(tx, [rowOf(trial, order)]);
  const [slow = '', quick = ''] = orders;
  if (trial.isBroken) {
    await database.transaction(async (tx) => {
      await write(slow)(tx);
      await database.transaction(write(quick));
      await trial.until('the quick one was heard of', () => heard.has(quick));
    });
  } else {
    await database.transaction(write(slow));
    await database.transaction(write(quick));
  }
  await database.transaction(write(last));
  await trial.until('the last one was heard of', () => heard.has(last));
  return [slow, quick].filter((order) => !heard.has(order));
}

export const proofs: readonly Proof[] = [
  {
    failure: 'the process is killed between its database and its broker',
    invariant: {
      code: 'state-and-message',
      says: 'What is stored is heard of, and what is heard of is stored',
    },
    brokers: ['rabbitmq', 'kafka'],
    right,
    twins: {
      'dual write': { version: writesTwice(insertThenPublish, 'database'), violates: ['order 2'] },
      'ghost message': { version: writesTwice(publishThenInsert, 'publisher'), violates: ['order 2'] },
    },
    run: killed,
  },
  {
    failure: 'a transaction commits after a later one was sent',
    invariant: { code: 'all-sent', says: 'Every committed message is sent' },
    brokers: ['rabbitmq', 'kafka'],
    right: relaying(() => outbox),
    twins: { 'outbox paged by id > last': { version: relaying(pagedByLastId), violates: ['order 1'] } },
    run: late,
  },
];
