// A process of a trial: runs one version of a chapter's code, and is killed at the moment that is being proven.
import { once } from 'node:events';
import type { Broker, ConsumeOptions, Consumer } from '../../shared/brokers/index.ts';
import type { StageDatabase, Topologies } from '../../shared/patterns/demo.ts';
import type { Worker } from '../../shared/patterns/proof.ts';
import { nothingNew } from '../stage/ground.ts';
import { kafkaGround } from '../stage/kafka-ground.ts';
import { rabbitGround } from '../stage/rabbit-ground.ts';
import { databaseName, runName } from '../stage/run-names.ts';
import { openScratchDatabase } from '../stage/scratch-database.ts';
import { loadProofs, versionOf } from './proofs.ts';
import type { Assignment, Word } from './protocol.ts';

const connectMs = 20_000;
const lookEveryMs = 5;
const graceMs = 2_000;

const assignment = JSON.parse(process.env['PROOF'] ?? '{}') as Assignment;
const { chapter, proof, version, broker: brokerName, run, servers } = assignment;
const undo: (() => Promise<unknown>)[] = [];

function tell(word: Word): void {
  process.send?.(word);
}

// One moment after the other: an answer belongs to the moment that was asked about last.
let lastMoment: Promise<unknown> = Promise.resolve();
function moment(name: string): Promise<void> {
  const asked = lastMoment.then(async () => {
    // What the version has said to its broker before is on its way then.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    const answer = once(process, 'message');
    tell({ kind: 'moment', name });
    await answer;
  });
  lastMoment = asked;
  return asked;
}

let opened: Broker | undefined;
const worker: Worker = {
  broker: brokerName,
  servers,
  name: (what) => runName(chapter, what, run),
  after: (end) => void undo.push(end),
  knowConsumer: (name) => tell({ kind: 'consumes', name }),
  async open(topologies: Topologies = nothingNew): Promise<Broker> {
    const ground = brokerName === 'rabbitmq' ? rabbitGround(servers.rabbitmq) : kafkaGround(servers.kafka);
    tell({ kind: 'declares', topologies });
    opened = ground.broker(topologies, `proof ${run}`, () => {});
    const broker = opened;
    undo.push(() => broker.close());
    opened.start();
    await opened.connected(AbortSignal.timeout(connectMs));
    return opened;
  },
  async database(): Promise<StageDatabase> {
    const database = openScratchDatabase(new URL(`/${databaseName(chapter, run)}`, servers.postgres).href);
    undo.push(() => database.close());
    return database;
  },
  async consume(options: ConsumeOptions): Promise<Consumer> {
    if (!opened) throw new Error('The broker must be opened first');
    worker.knowConsumer(options.name);
    const consumer = opened.consume(options);
    undo.push(() => consumer.stop(graceMs));
    while (!consumer.consuming) await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    return consumer;
  },
  moment,
};

async function endInPeace(): Promise<void> {
  for (const end of undo.splice(0).toReversed()) await end().catch(() => {});
  process.exit(0);
}
process.on('SIGTERM', () => void endInPeace());
// Whoever started us is gone: nobody would end us.
process.on('disconnect', () => process.exit(1));

const chosen = (await loadProofs(chapter))[proof];
if (!chosen) throw new Error(`${chapter} has no proof ${proof}`);
await versionOf(chosen, version)(worker);
tell({ kind: 'at-work' });
