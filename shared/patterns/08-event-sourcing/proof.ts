import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import type { StageDatabase, Topologies } from '@conveyor/patterns/demo';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { appendWherever } from './broken.ts';
import { appendToStream, readStream } from './event-store.ts';
import { historyIsKept } from './log-proof.ts';

const order = 'order 1';
const schema = new URL('schema.sql', import.meta.url);
/** Whoever has decided writes it down, and waits at the gate before he appends: so two can decide on the same state. */
const gate =
  'create table gate (is_here boolean); insert into gate values (true); create table decided (times int)';

/** Appends an event to a stream that was read at `version`. */
type Append = (tx: Tx, streamId: string, version: number, type: string) => Promise<unknown>;

const atVersion: Append = (tx, streamId, version, type) =>
  appendToStream(tx, streamId, version, [{ type, data: {} }]);

function topologies({ name }: Pick<Worker, 'name'>): Topologies {
  const commands = name('commands');
  return onePlace(commands);
}

/** What has ended stays as it is. */
async function decide(database: StageDatabase): Promise<number | undefined> {
  const { version, events } = await readStream(database, order);
  return events.some(({ type }) => type === 'completed' || type === 'cancelled') ? undefined : version;
}

const completing =
  (append: Append): Version =>
  async (worker) => {
    const database = await worker.database();
    const complete = async () => {
      const version = await decide(database);
      await database.query('insert into decided values (1)');
      if (version === undefined) return;
      await database.query('select from gate for update');
      await database.transaction((tx) => append(tx, order, version, 'completed'));
    };
    await worker.open(topologies(worker));
    await worker.consume({
      name: worker.name('order'),
      channels: [worker.name('commands')],
      concurrency: 1,
      onDelivery: atLeastOnce({
        // Somebody else was first: `VersionConflict` is repeated, and so it reads again and decides again.
        work: complete,
        delayBefore: () => undefined,
        retryLater: () => Promise.reject(new Error('no try fails here')),
        setAside: (_delivery, { error }) => Promise.reject(error),
      }),
    });
  };

async function run(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([schema, gate]);
  await trial.open(topologies(trial));
  await database.transaction((tx) => appendToStream(tx, order, 0, [{ type: 'created', data: {} }]));
  const count = async (sql: string) => (await database.query<{ n: number }>(sql)).rows[0]?.n ?? 0;
  const decided = () => count('select count(*)::int as n from decided');
  const cancel = async () => {
    await database.transaction((tx) => appendToStream(tx, order, 1, [{ type: 'cancelled', data: {} }]));
  };
  const channel = trial.name('commands');
  const to = addressIn(trial.broker, channel, order);
  const command = () => trial.send([{ to, type: 'order.complete', subject: order, body: '{}' }]);

  await trial.start();
  if (trial.isBroken) {
    await database.transaction(async (tx) => {
      await tx.query('select from gate for update');
      await command();
      await trial.until('the other has decided', async () => (await decided()) > 0);
      await cancel();
    });
  } else {
    await cancel();
    await command();
  }
  // The second command is handled when the first has come to its end.
  const before = trial.isBroken ? 2 : 1;
  await command();
  await trial.until('both commands are handled', async () => (await decided()) >= before + 1 || isTwice());
  return (await isTwice()) ? [order] : [];

  async function isTwice(): Promise<boolean> {
    return (
      (await count(`select count(*)::int as n from events where type in ('completed', 'cancelled')`)) > 1
    );
  }
}

export const proofs: readonly Proof[] = [
  {
    failure: 'two decide on the same state of an order at the same moment',
    invariant: { code: 'one-end', says: 'Nothing happens to an order that has come to its end' },
    brokers: ['rabbitmq', 'kafka'],
    right: completing(atVersion),
    twins: {
      'append without expected version': {
        version: completing((tx, streamId, _version, type) => appendWherever(tx, streamId, type)),
        violates: [order],
      },
    },
    run,
  },
  historyIsKept,
];
