import type { StageDatabase, Topologies } from '@conveyor/patterns/demo';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { batchProjection } from './batch-projection.ts';
import { indexWithoutId, type OrderEvent, overwrite } from './broken.ts';
import { documentsIn, documentTable, type OrderDocument } from './document-table.ts';

const order = 'order 1';
/** Sent last: when it has a document, everything before it has been projected. */
const last = 'last order';
const tableWithoutId = `
  create table documents_without_id (
    id integer primary key generated always as identity, order_id text not null, version integer not null, status text not null
  )`;

function topologies({ name }: Pick<Worker, 'name'>): Topologies {
  const events = name('events');
  return onePlace(events);
}

const projecting =
  (projectionIn: (database: StageDatabase) => (event: OrderEvent) => Promise<unknown>): Version =>
  async (worker) => {
    const project = projectionIn(await worker.database());
    await worker.open(topologies(worker));
    await worker.consume({
      name: worker.name('projection'),
      channels: [worker.name('events')],
      concurrency: 1,
      onDelivery: async ({ body }) => void (await project(JSON.parse(body.toString()))),
    });
  };

function evolve(_document: OrderDocument | undefined, { version, status }: OrderEvent): OrderDocument {
  return { version, status };
}

async function run(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([documentTable, tableWithoutId]);
  await trial.open(topologies(trial));
  const channel = trial.name('events');
  const to = addressIn(trial.broker, channel, 'any');
  const send = (streamId: string, version: number, status: string) =>
    trial.send([
      { to, type: status, subject: streamId, body: JSON.stringify({ streamId, version, status }) },
    ]);
  const documentsOf = async (orderId: string) =>
    (
      await database.query<{ readonly status: string }>(
        `select status from documents where order_id = $1
         union all select status from documents_without_id where order_id = $1`,
        [orderId],
      )
    ).rows;

  await trial.start();
  await send(order, 1, 'pending');
  await send(order, 2, 'paid');
  if (trial.isBroken) await send(order, 1, 'pending');
  await send(last, 1, 'pending');
  await trial.until('the last event is projected', async () => (await documentsOf(last)).length > 0);
  const documents = await documentsOf(order);
  return documents.length === 1 && documents[0]?.status === 'paid' ? [] : [order];
}

export const proofs: readonly Proof[] = [
  {
    failure: 'an old event comes again, after a newer one',
    invariant: {
      code: 'newest-document',
      says: 'Each order has one document, and it shows its newest event',
    },
    brokers: ['rabbitmq', 'kafka'],
    right: projecting((database) => {
      const project = batchProjection(documentsIn(database), evolve);
      return (event) => project([event]);
    }),
    twins: {
      'projection without versions': {
        version: projecting((database) => (event) => overwrite(database, event)),
        violates: [order],
      },
      'index without id': {
        version: projecting((database) => (event) => indexWithoutId(database, event)),
        violates: [order],
      },
    },
    run,
  },
];
