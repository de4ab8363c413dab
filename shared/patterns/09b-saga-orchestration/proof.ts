import { newMessageId } from '@conveyor/brokers';
import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import { onlyRepeated } from '@conveyor/patterns/at-least-once/only-repeated';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { StageDatabase, Topologies } from '@conveyor/patterns/demo';
import { handleOnce } from '@conveyor/patterns/idempotent-consumer/idempotent-consumer';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { startRelay } from '@conveyor/patterns/transactional-outbox/relay';
import { ignoringErrorsOfUndoing, keptInMemory } from './broken.ts';
import {
  type FlowMessage,
  follow,
  type Keeping,
  keptInTable,
  messageIn,
  mostAmount,
  type Obey,
  obey,
  rowsOf,
  smallSagaTables,
} from './small-saga.ts';

const schemas = [
  ...smallSagaTables,
  // A row makes one try of this command fail.
  'create table faults (command text not null)',
];

const topologies = ({ name }: Pick<Worker, 'name'>): Topologies => onePlace(name('flow'));

/** Conductor and participants in one process; `inbox`, `outbox` and the repeating are the same in all versions. */
const version =
  (keeping: Keeping, participants: (worker: StageDatabase) => Obey): Version =>
  async (worker) => {
    const database = await worker.database();
    const broker = await worker.open(topologies(worker));
    const relay = startRelay({ service: 'proof', broker, connect: () => database.connect() });
    worker.after(() => relay.stop());
    const parts = { keeping, obey: participants(database) };
    const once = handleOnce<FlowMessage>({
      consumer: 'flow',
      database,
      handle: async (tx, message) =>
        rowsOf(worker.broker, worker.name('flow'), await follow(tx, message, parts)),
      wakeRelays: () => relay.wake(),
    });
    await worker.consume({
      name: worker.name('flow'),
      channels: [worker.name('flow')],
      concurrency: 1,
      onDelivery: atLeastOnce({
        work: async (delivery) => {
          const message = messageIn(delivery);
          await worker.moment(`${message.type} has come`);
          await once(message);
        },
        ...onlyRepeated,
      }),
    });
  };

/** Participants whose provider cannot be reached once, where a row of `faults` says so. */
const failingOnce =
  (database: StageDatabase): Obey =>
  async (tx, command, orderId, amount) => {
    const { rowCount } = await database.query('delete from faults where command = $1', [command]);
    if (rowCount) throw new InfrastructureFault('provider-away', 'the provider cannot be reached');
    return obey(tx, command, orderId, amount);
  };

const right = version(keptInTable, failingOnce);

interface Book {
  readonly charged: number;
  readonly ended: string | null;
}

async function place(trial: Trial, amount: number): Promise<string> {
  const subject = newMessageId();
  const flow = trial.name('flow');
  const to = addressIn(trial.broker, flow, subject);
  await trial.send([{ to, type: 'order.created', subject, body: JSON.stringify({ amount }) }]);
  return subject;
}

async function bookOf(database: StageDatabase, orderId: string): Promise<Book> {
  const { rows } = await database.query<Book>('select charged, ended from books where order_id = $1', [
    orderId,
  ]);
  return rows[0] ?? { charged: 0, ended: null };
}

async function runKilled(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(schemas);
  await trial.open(topologies(trial));
  const orderId = await place(trial, mostAmount);
  const first = await trial.start({ dieAt: trial.isBroken ? 'inventory.reserved has come' : undefined });
  if (trial.isBroken) {
    await first.died;
    await trial.start();
  }
  // The later order takes as many steps, and comes after: when it has ended, the first has had its time.
  const later = await place(trial, mostAmount);
  await trial.until('the later order ends', async () => (await bookOf(database, later)).ended !== null);
  return (await bookOf(database, orderId)).ended === 'completed' ? [] : ['order 1'];
}

async function runRefused(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database(schemas);
  await trial.open(topologies(trial));
  if (trial.isBroken) await database.query(`insert into faults values ('payment.refund')`);
  await trial.start();
  const orderId = await place(trial, mostAmount + 1);
  await trial.until('the order ends', async () => (await bookOf(database, orderId)).ended === 'cancelled');
  return (await bookOf(database, orderId)).charged === 0 ? [] : ['order 1'];
}

const brokers = ['rabbitmq', 'kafka'] as const;

export const proofs: readonly Proof[] = [
  {
    failure: 'the conductor is killed in the middle of a saga',
    invariant: { code: 'saga-ends', says: 'Every saga that began comes to its end' },
    brokers,
    right,
    twins: {
      'saga without persisted state': {
        version: version(keptInMemory(), failingOnce),
        violates: ['order 1'],
      },
    },
    run: runKilled,
  },
  {
    failure: 'a refund fails once',
    invariant: { code: 'all-undone', says: 'Of a cancelled order nothing stays charged' },
    brokers,
    right,
    twins: {
      'compensation error ignored': {
        version: version(keptInTable, (database) => ignoringErrorsOfUndoing(failingOnce(database))),
        violates: ['order 1'],
      },
    },
    run: runRefused,
  },
];
