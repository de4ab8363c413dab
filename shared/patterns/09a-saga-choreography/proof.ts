import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '@conveyor/brokers';
import type { StageDatabase, Topologies } from '@conveyor/patterns/demo';
import { addressIn } from '@conveyor/patterns/point-to-point/one-place';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { eventTopic } from '@conveyor/patterns/routing/kafka';
import { holdWithoutTombstone, tellWithoutKey } from './broken.ts';
import { type Hold, holdAfter } from './participant.ts';

const order = 'order 1';
const type = 'event';

function topologies({ name }: Pick<Worker, 'name'>, partitions: number): Topologies {
  const events = name('events');
  return {
    rabbitmq: { queues: [workQueue(events)] },
    kafka: { topics: [eventTopic(events, partitions)] },
  };
}

// The first proof: whether the events of one order are handled as they were told.

/** A row in `slow` holds the handling of `created` up; `handled` says in which order events were. */
const timetable =
  'create table slow (); create table begun (); create table handled (position serial, event text not null)';
/** Keys of other orders, so many that each partition has some. */
const others = Array.from({ length: 12 }, (_, number) => `other ${number}`);

const isIn = async (database: StageDatabase, table: 'slow' | 'begun') =>
  (await database.query(`select from ${table}`)).rows.length > 0;
const isHandled = async (database: StageDatabase, event: string) =>
  (await database.query('select from handled where event = $1', [event])).rows.length > 0;

async function listen(worker: Worker, database: StageDatabase): Promise<void> {
  let written: Promise<unknown> = Promise.resolve();
  await worker.consume({
    name: worker.name('inventory'),
    channels: [worker.name('events')],
    concurrency: 50,
    onDelivery: async ({ body }) => {
      const event = body.toString();
      if (event === 'created') {
        await database.query('insert into begun default values');
        while (await isIn(database, 'slow')) await sleep(5);
      }
      // One after the other: what was handled first is written first.
      written = written.then(() => database.query('insert into handled (event) values ($1)', [event]));
      await written;
    },
  });
}

/** Tells the second event once the first has been handled, or is seen to take its time. */
async function tellBoth(database: StageDatabase, tell: (event: string) => Promise<void>): Promise<void> {
  await tell('created');
  const mayGoOn = async () =>
    (await isHandled(database, 'created')) ||
    ((await isIn(database, 'slow')) && (await isIn(database, 'begun')));
  while (!(await mayGoOn())) await sleep(5);
  await tell('cancelled');
}

const tellsWithKey: Version = async (worker) => {
  const { publisher } = await worker.open(topologies(worker, 2));
  const database = await worker.database();
  await listen(worker, database);
  await tellBoth(database, async (event) => {
    const address = { channel: worker.name('events'), key: order };
    const message = { address, orderingKey: order, attributes: { type }, body: Buffer.from(event) };
    const [outcome] = await publisher.publish([message]);
    if (outcome?.status !== 'confirmed') throw new Error('the event was not stored');
  });
};

const tellsWithoutKey: Version = async (worker) => {
  await worker.open(topologies(worker, 2));
  const database = await worker.database();
  await listen(worker, database);
  const teller = await tellWithoutKey(worker.servers.kafka);
  worker.after(() => teller.stop());
  await tellBoth(database, (event) => teller.tell(worker.name('events'), event));
};

async function runInOrder(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([timetable]);
  await trial.open(topologies(trial, 2));
  if (trial.isBroken) await database.query('insert into slow default values');
  await trial.start();
  // What comes later in each partition: when all of it has been handled, whatever could overtake has done so.
  const channel = trial.name('events');
  await trial.send(others.map((key) => ({ to: { channel, key }, type, subject: key, body: key })));
  await trial.until('other orders are handled', async () => {
    for (const other of others) if (!(await isHandled(database, other))) return false;
    return true;
  });
  await database.query('delete from slow');
  const both = `select event from handled where event in ('created', 'cancelled') order by position`;
  const events = async () => (await database.query<{ event: string }>(both)).rows;
  await trial.until('both events are handled', async () => (await events()).length === 2);
  return (await events())[0]?.event === 'created' ? [] : [order];
}

// The second proof: what a participant makes of events that come in another order all the same.

const holds = 'create table holds (order_id text primary key, hold text not null)';

const participant =
  (after: typeof holdAfter): Version =>
  async (worker) => {
    const database = await worker.database();
    await worker.open(topologies(worker, 1));
    await worker.consume({
      name: worker.name('inventory'),
      channels: [worker.name('events')],
      concurrency: 1,
      onDelivery: (delivery) => take(database, after, delivery),
    });
  };

async function take(database: StageDatabase, after: typeof holdAfter, delivery: Delivery): Promise<void> {
  const { type: heard, subject } = delivery.attributes;
  if (heard !== 'order.created' && heard !== 'order.cancelled') throw new Error(`nobody told of ${heard}`);
  await database.transaction(async (tx) => {
    const { rows } = await tx.query<{ hold: Hold }>(
      `insert into holds values ($1, 'none') on conflict (order_id) do update set order_id = $1 returning hold`,
      [subject],
    );
    const hold = after(rows[0]?.hold ?? 'none', heard);
    await tx.query('update holds set hold = $2 where order_id = $1', [subject, hold]);
  });
}

async function runOvertaken(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([holds]);
  await trial.open(topologies(trial, 1));
  await trial.start();
  const events = trial.name('events');
  const tell = (what: string, subject: string) => ({
    // One key for all: only then does the last order wait, in the consumer as well, for what was sent before it.
    to: addressIn(trial.broker, events, order),
    type: what,
    subject,
    body: '{}',
  });
  const both = [tell('order.created', order), tell('order.cancelled', order)];
  for (const each of trial.isBroken ? both.toReversed() : both) await trial.send([each]);
  // Sent when both are stored, so it is behind them.
  await trial.send([tell('order.created', 'last order')]);
  const reserved = async (subject: string) =>
    (await database.query(`select from holds where order_id = $1 and hold = 'reserved'`, [subject])).rows
      .length > 0;
  await trial.until('the last order is reserved', () => reserved('last order'));
  return (await reserved(order)) ? [order] : [];
}

export const proofs: readonly Proof[] = [
  {
    failure: 'the handling of an event takes long, while the next one comes',
    invariant: {
      code: 'in-order',
      says: 'The events of one order are handled in the order in which they were told',
    },
    brokers: ['kafka'],
    right: tellsWithKey,
    twins: { 'no key': { version: tellsWithoutKey, violates: [order] } },
    run: runInOrder,
  },
  {
    failure: 'the cancellation overtakes the order that it cancels',
    invariant: { code: 'nothing-held', says: 'Nothing stays reserved for an order that was cancelled' },
    brokers: ['rabbitmq', 'kafka'],
    right: participant(holdAfter),
    twins: { 'no tombstone': { version: participant(holdWithoutTombstone), violates: [order] } },
    run: runOvertaken,
  },
];
