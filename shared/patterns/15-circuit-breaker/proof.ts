import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import type { Topologies } from '@conveyor/patterns/demo';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { type Breaker, createBreaker } from './breaker.ts';
import { type Call, callWithoutBreaker, dropWhileOpen } from './broken.ts';
import { ask, startProvider } from './loopback-provider.ts';

const tasks = ['task 1', 'task 2', 'task 3'];
/** Sent when the provider is well again: once it is settled, everything before it has been, too. */
const last = 'last task';
const tables = `create table provider (url text not null);
  create table settled (task text not null)`;

function topologies({ name }: Pick<Worker, 'name'>): Topologies {
  const charges = name('charges');
  return onePlace(charges);
}

type Charge = (breaker: Breaker<void>, call: Call) => Promise<void>;

const charging =
  (charge: Charge): Version =>
  async (worker) => {
    const database = await worker.database();
    const [provider] = (await database.query<{ url: string }>('select url from provider')).rows;
    const url = provider?.url ?? '';
    // Small, so that a trial is short.
    const breaker = createBreaker<void>({
      name: 'provider',
      lastCalls: 2,
      atLeast: 2,
      firstPauseMs: 100,
      longestPauseMs: 100,
    });
    const handle = atLeastOnce({
      work: ({ body }) => charge(breaker, () => ask(url, body.toString())),
      delayBefore: () => undefined,
      retryLater: () => Promise.reject(new Error('no try is counted here')),
      setAside: () => Promise.reject(new Error('no message is hopeless here')),
    });
    await worker.open(topologies(worker));
    await worker.consume({
      name: worker.name('worker'),
      channels: [worker.name('charges')],
      concurrency: 1,
      onDelivery: async (delivery, signal) => {
        await handle(delivery, signal);
        await database.query('insert into settled values ($1)', [delivery.body.toString()]);
      },
    });
  };

/** Which tasks were never charged. */
async function run(trial: Trial): Promise<readonly string[]> {
  const provider = await startProvider(trial);
  provider.isWell = !trial.isBroken;
  const database = await trial.database([tables]);
  await database.query('insert into provider values ($1)', [provider.url]);
  await trial.open(topologies(trial));
  const isSettled = async (task: string) =>
    (await database.query('select from settled where task = $1', [task])).rows.length > 0;
  const channel = trial.name('charges');
  const to = addressIn(trial.broker, channel, 'any');
  const send = (bodies: readonly string[]) =>
    trial.send(bodies.map((body) => ({ to, type: 'payment.charge', subject: 'any', body })));

  await send(tasks);
  await trial.start();
  // Long enough to open a breaker and to let one call try.
  const hasLasted = async () => provider.asked >= 3 || (await isSettled('task 3'));
  await trial.until('the outage has been noticed', hasLasted);
  provider.isWell = true;
  await send([last]);
  await trial.until('the last task is settled', () => isSettled(last));
  return tasks.filter((task) => !provider.charged.has(task));
}

export const proofs: readonly Proof[] = [
  {
    failure: 'the provider answers 503 for a while',
    invariant: { code: 'charged', says: 'Every charge is made once the provider is well' },
    brokers: ['rabbitmq', 'kafka'],
    right: charging((breaker, call) => breaker.execute(call)),
    twins: {
      'what is not sent is dropped': { version: charging(dropWhileOpen), violates: ['task 1'] },
      'no breaker': {
        version: charging((_breaker, call) => callWithoutBreaker(call)),
        violates: ['task 1'],
      },
    },
    run,
  },
];
