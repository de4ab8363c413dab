import { readLog } from '@conveyor/brokers/kafka';
import type { Topologies } from '@conveyor/patterns/demo';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { compactedEventLog, forgetfulEventLog } from './broken.ts';
import { hurried } from './hurried.ts';
import { eventLog } from './kafka.ts';
import { MissingEvent, replay } from './replay.ts';

const order = 'order 1';
const history = ['created', 'reserved', 'paid', 'completed'];

interface Recorded {
  readonly version: number;
  readonly type: string;
}

type MakeLog = typeof eventLog;

/** What Kafka certainly takes from: when it has gone over both of them twice, it has gone over the log as well. */
const witnesses: readonly (readonly [string, MakeLog])[] = [
  ['compacted', compactedEventLog],
  ['forgetful', forgetfulEventLog],
];

function logs({ name }: Pick<Worker, 'name'>, made: readonly (readonly [string, MakeLog])[]): Topologies {
  return { rabbitmq: {}, kafka: { topics: made.map(([what, make]) => hurried(make(name(what), 1))) } };
}

/** A version is how the log is declared; its process has nothing else to do. */
const declaredAs =
  (make: MakeLog): Version =>
  async (worker) => {
    await worker.open(logs(worker, [['log', make]]));
  };

async function eventsIn(trial: Trial, topic: string, key: string): Promise<readonly Recorded[]> {
  const events: Recorded[] = [];
  const onBatch = async (deliveries: readonly { readonly body: Buffer }[]) => {
    for (const { body } of deliveries) events.push(JSON.parse(body.toString()) as Recorded);
  };
  await readLog({ brokers: trial.servers.kafka, clientId: trial.name('reader') }, { topic, key, onBatch });
  return events;
}

function isWhole(events: readonly Recorded[]): boolean {
  const nothing: readonly string[] = [];
  try {
    const types = replay({ state: nothing, version: 0 }, events, (before, { type }) => [...before, type]);
    return types.state.join() === history.join();
  } catch (error) {
    if (error instanceof MissingEvent) return false;
    throw error;
  }
}

async function run(trial: Trial): Promise<readonly string[]> {
  await trial.open(logs(trial, witnesses));
  await trial.start();
  const [log, witnessed] = [trial.name('log'), witnesses.map(([what]) => trial.name(what))];
  const write = async (key: string) => {
    // One after the other: what is written at once lies in one segment, which is taken away as a whole or not at all.
    for (const [n, type] of history.entries()) {
      const body = JSON.stringify({ version: n + 1, type });
      await trial.send(
        [log, ...witnessed].map((channel) => ({ to: { channel, key }, type, subject: key, body })),
      );
    }
  };
  await write(order);
  for (const round of trial.isBroken ? [order, 'order 2'] : []) {
    if (round !== order) await write(round);
    await trial.until('Kafka has taken away what it may', async () => {
      // It closes a segment only when something is written.
      await write('another order');
      const left = await Promise.all(witnessed.map((witness) => eventsIn(trial, witness, round)));
      return !left.some(isWhole);
    });
  }
  return isWhole(await eventsIn(trial, log, order)) ? [] : [order];
}

export const historyIsKept: Proof = {
  failure: 'Kafka clears up, as it does after a week',
  invariant: { code: 'history-is-kept', says: 'Every order can be made again from its events' },
  brokers: ['kafka'],
  right: declaredAs(eventLog),
  twins: {
    'compacted event log': { version: declaredAs(compactedEventLog), violates: [order] },
    'event log with a time limit': { version: declaredAs(forgetfulEventLog), violates: [order] },
  },
  run,
};
