import { type Attributes, type Delivery, newMessageId } from '@conveyor/brokers';
import type { StageDatabase, Topologies } from '@conveyor/patterns/demo';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import {
  checkActMark,
  type Effect,
  inboxOutsideTheTransaction,
  keyBeforeHandler,
  messageIdAlone,
} from './broken.ts';
import { handleOnce } from './idempotent-consumer.ts';

const charges = ['charge 1', 'charge 2', 'charge 3'];
/** Sent when the first process is dead: once it is handled, everything before it has been handed out again, or never will be. */
const last = 'last charge';
const middle = (charge: string) => `between inbox row and effect of ${charge}`;

const schemas = [
  new URL('schema.sql', import.meta.url),
  'create table effects (charge text not null); create table deliveries (charge text not null)',
  'create table charged (order_id text unique)',
];

function topologies({ name }: Pick<Worker, 'name'>): Topologies {
  return onePlace(name('charges'));
}

type Handle = (database: StageDatabase, id: string, charge: string) => Promise<unknown>;

/** Consumes with `handle`, and notes the end of each delivery. */
async function consume(worker: Worker, concurrency: number, handle: Handle): Promise<void> {
  const database = await worker.database();
  await worker.open(topologies(worker));
  await worker.consume({
    name: worker.name('payment'),
    channels: [worker.name('charges')],
    concurrency,
    onDelivery: async ({ attributes, body }: Delivery) => {
      const charge = body.toString();
      await handle(database, attributes['id'] ?? '', charge);
      await database.query('insert into deliveries values ($1)', [charge]);
    },
  });
}

const write = (charge: string) => async (tx: Tx) => {
  await tx.query('insert into effects values ($1)', [charge]);
};

const rightWith =
  (concurrency: number): Version =>
  (worker) =>
    consume(worker, concurrency, (database, id, charge) =>
      handleOnce<{ id: string }>({
        consumer: 'payment',
        database,
        handle: async (tx) => {
          await worker.moment(middle(charge));
          await write(charge)(tx);
          return [];
        },
        wakeRelays: () => {},
      })({ id }),
    );

const recordsFirst: Version = (worker) =>
  consume(worker, 1, (database, id, charge) =>
    keyBeforeHandler(database, 'payment', id, async (tx) => {
      await worker.moment(middle(charge));
      await write(charge)(tx);
    }),
  );

const recordsApart: Version = (worker) =>
  consume(worker, 1, (database, id, charge) => {
    const effect: Effect = write(charge);
    return inboxOutsideTheTransaction(
      afterCommit(database, effect, () => worker.moment(middle(charge))),
      'payment',
      id,
      effect,
    );
  });

/** A database that says when the transaction of `work` has been committed. */
function afterCommit(database: Database, work: Effect, say: () => Promise<void>): Database {
  return {
    async transaction(each) {
      const result = await database.transaction(each);
      if ((each as unknown) === work) await say();
      return result;
    },
  };
}

const marksLast: Version = (worker) =>
  consume(worker, 2, (database, id, charge) => checkActMark(database, 'payment', id, write(charge)));

/** Inbox and business key: a message that comes again is dropped by its id, an order that comes again by its row. */
const rightWithBusinessKey: Version = (worker) =>
  consume(worker, 1, (database, id, order) =>
    handleOnce<{ id: string }>({
      consumer: 'payment',
      database,
      handle: async (tx) => {
        const sql = 'insert into charged values ($1) on conflict (order_id) do nothing';
        const { rowCount } = await tx.query(sql, [order]);
        if (rowCount === 1) await write(order)(tx);
        return [];
      },
      wakeRelays: () => {},
    })({ id }),
  );

const knowsIdsOnly: Version = (worker) =>
  consume(worker, 1, (database, id, order) => messageIdAlone(database, 'payment', id, write(order)));

function sender(trial: Trial) {
  const channel = trial.name('charges');
  const to = addressIn(trial.broker, channel, 'any');
  const idOf = (charge: string) => `00000000-0000-4000-8000-00000000000${[...charges, last].indexOf(charge)}`;
  return (bodies: readonly string[], subject = 'any', own: Attributes = {}) =>
    trial.send(
      bodies.map((body) => ({ to, type: 'charge', subject, body, attributes: { id: idOf(body), ...own } })),
    );
}

async function countOf(database: Tx, table: 'effects' | 'deliveries', charge: string): Promise<number> {
  return (await database.query(`select from ${table} where charge = $1`, [charge])).rows.length;
}

async function notOnce(database: Tx, of: readonly string[]): Promise<readonly string[]> {
  const counts = await Promise.all(of.map((charge) => countOf(database, 'effects', charge)));
  return of.filter((_, position) => counts[position] !== 1);
}

async function killed(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(schemas);
  await trial.open(topologies(trial));
  const send = sender(trial);
  await send(charges);
  const first = await trial.start({ dieAt: trial.isBroken ? middle('charge 2') : undefined });
  if (trial.isBroken) {
    await first.died;
    await trial.start();
  }
  await send([last]);
  await trial.until(
    'the last charge is handled',
    async () => (await countOf(database, 'deliveries', last)) > 0,
  );
  return notOnce(database, charges);
}

/** Both copies are held where they write, until each of them has come as far as it can. */
async function twoAtOnce(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(schemas);
  await trial.open(topologies(trial));
  const send = sender(trial);
  const [charge = ''] = charges;
  const ended = (count: number) => async () => (await countOf(database, 'deliveries', charge)) === count;
  await trial.start();
  if (trial.isBroken) {
    await database.transaction(async (tx) => {
      await tx.query('lock table effects in exclusive mode');
      await send([charge], 'one');
      await send([charge], 'other');
      await trial.until('both deliveries wait', async () => {
        const sql = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return (await database.query(sql)).rows.length === 2;
      });
    });
  } else {
    await send([charge]);
    await trial.until('the first copy is handled', ended(1));
    await send([charge]);
  }
  await trial.until('both copies are handled', ended(2));
  return notOnce(database, [charge]);
}

/** The sender has heard no answer, and asks again: for the same order, with a message of its own. */
async function askedTwice(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(schemas);
  await trial.open(topologies(trial));
  const send = sender(trial);
  const [order = ''] = charges;
  await trial.start();
  await send([order]);
  if (trial.isBroken) await send([order], 'any', { id: newMessageId() });
  await send([last]);
  await trial.until(
    'the last charge is handled',
    async () => (await countOf(database, 'deliveries', last)) > 0,
  );
  return notOnce(database, [order]);
}

const invariant = { code: 'effect-once', says: 'Every charge is made exactly once' };

export const proofs: readonly Proof[] = [
  {
    failure: 'the consumer is killed between inbox row and effect',
    invariant,
    brokers: ['rabbitmq', 'kafka'],
    right: rightWith(1),
    twins: {
      'key recorded before the handler ran': { version: recordsFirst, violates: ['charge 2'] },
      'inbox outside the transaction': { version: recordsApart, violates: ['charge 2'] },
    },
    run: killed,
  },
  {
    failure: 'a message is delivered twice at once',
    invariant,
    brokers: ['rabbitmq'],
    right: rightWith(2),
    twins: { 'check, act, mark': { version: marksLast, violates: ['charge 1'] } },
    run: twoAtOnce,
  },
  {
    failure: 'an order is told by two messages with different ids',
    invariant,
    brokers: ['rabbitmq', 'kafka'],
    right: rightWithBusinessKey,
    twins: { 'message id as the only guard': { version: knowsIdsOnly, violates: ['charge 1'] } },
    run: askedTwice,
  },
];
