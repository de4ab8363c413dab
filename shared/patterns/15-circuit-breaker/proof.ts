import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import { onlyRepeated } from '@conveyor/patterns/at-least-once/only-repeated';
import type { Topologies } from '@conveyor/patterns/demo';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { type Breaker, createBreaker } from './breaker.ts';
import { type Call, callWithoutBreaker, dropWhileOpen, giveUpAfterThree } from './broken.ts';
import { ask, startProvider } from './loopback-provider.ts';

const tasks = ['task 1', 'task 2', 'task 3'];
/** Sent when the provider is well again: once it is settled, everything before it has been, too. */
const last = 'last task';
const tables = `create table provider (url text not null);
  create table tries (task text not null); create table settled (task text not null)`;

function topologies({ name }: Pick<Worker, 'name'>): Topologies {
  const charges = name('charges');
  return onePlace(charges);
}

type Charge = (breaker: Breaker<void>, call: Call) => Promise<void>;

interface Circumstances {
  /** How many charges are in hand at once. */
  readonly concurrency: number;
  /** How long the breaker stays open before one call may try. */
  readonly pauseMs: number;
}

/** Small, so that a trial is short. */
const opensAfter = 2;

const charging =
  (charge: Charge, { concurrency, pauseMs }: Circumstances): Version =>
  async (worker) => {
    const database = await worker.database();
    const [provider] = (await database.query<{ url: string }>('select url from provider')).rows;
    const url = provider?.url ?? '';
    const breaker = createBreaker<void>({
      name: 'provider',
      lastCalls: opensAfter,
      atLeast: opensAfter,
      firstPauseMs: pauseMs,
      longestPauseMs: pauseMs,
    });
    const handle = atLeastOnce({
      work: async ({ body }) => {
        const task = body.toString();
        await database.query('insert into tries values ($1)', [task]);
        await charge(breaker, () => ask(url, task));
      },
      ...onlyRepeated,
    });
    await worker.open(topologies(worker));
    await worker.consume({
      name: worker.name('worker'),
      channels: [worker.name('charges')],
      concurrency,
      onDelivery: async (delivery, signal) => {
        await handle(delivery, signal);
        await database.query('insert into settled values ($1)', [delivery.body.toString()]);
      },
    });
  };

/** A provider that is unwell if the trial is broken, and what the version under test needs to find it. */
async function prepare(trial: Trial) {
  const provider = await startProvider(trial);
  provider.isWell = !trial.isBroken;
  const database = await trial.database([tables]);
  await database.query('insert into provider values ($1)', [provider.url]);
  await trial.open(topologies(trial));
  const channel = trial.name('charges');
  const send = (bodies: readonly string[]) =>
    trial.send(
      bodies.map((body) => ({
        to: addressIn(trial.broker, channel, body),
        type: 'payment.charge',
        subject: body,
        body,
      })),
    );
  const count = async (table: 'tries' | 'settled') =>
    (await database.query(`select from ${table}`)).rows.length;
  return { provider, database, send, count };
}

// The first proof: what becomes of charges that come during an outage.

/** Which tasks were never charged. */
async function runOutage(trial: Trial): Promise<readonly string[]> {
  const { provider, database, send } = await prepare(trial);
  const isSettled = async (task: string) =>
    (await database.query('select from settled where task = $1', [task])).rows.length > 0;

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

const oneByOne: Circumstances = { concurrency: 1, pauseMs: 100 };

// The second proof: what the provider has to bear during an outage.

/** Each of them has its own key, so all are in hand at once. */
const crowd = Array.from({ length: 10 }, (_, number) => `charge ${number}`);
/** Those that fail and so open the breaker, and those that were made before it opened. */
const bearable = opensAfter + crowd.length;

/** No call may try before the trial is over: it counts calls, and how long it takes says nothing. */
const allAtOnce: Circumstances = { concurrency: crowd.length, pauseMs: 600_000 };

/** The provider, if it was called more often than it takes to notice the outage, while the charges were tried forty times. */
async function runCrowd(trial: Trial): Promise<readonly string[]> {
  const { provider, send, count } = await prepare(trial);
  await send(crowd);
  await trial.start();
  await trial.until(
    'the crowd is charged, or has tried again and again',
    async () => (await count('settled')) === crowd.length || (await count('tries')) >= 4 * crowd.length,
  );
  return provider.asked > bearable ? ['provider'] : [];
}

export const proofs: readonly Proof[] = [
  {
    failure: 'the provider answers 503 for a while',
    invariant: { code: 'charged', says: 'Every charge is made once the provider is well' },
    brokers: ['rabbitmq', 'kafka'],
    right: charging((breaker, call) => breaker.execute(call), oneByOne),
    twins: {
      'what fails under an open breaker is dropped': {
        version: charging(dropWhileOpen, oneByOne),
        violates: ['task 1'],
      },
      'given up after three tries': {
        version: charging((_breaker, call) => giveUpAfterThree(call), oneByOne),
        violates: ['task 1'],
      },
    },
    run: runOutage,
  },
  {
    failure: 'the provider answers 503 while ten charges wait',
    invariant: {
      code: 'provider-spared',
      says: 'A provider that is unwell is called no more often than it takes to notice that',
    },
    brokers: ['rabbitmq', 'kafka'],
    right: charging((breaker, call) => breaker.execute(call), allAtOnce),
    twins: {
      'no breaker': {
        version: charging((_breaker, call) => callWithoutBreaker(call), allAtOnce),
        violates: ['provider'],
      },
    },
    run: runCrowd,
  },
];
