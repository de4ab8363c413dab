// Started by dbos.ts: orders as DBOS workflows, placed by HTTP. `POST /` answers once the order is completed.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { afterwards, type Durably, untilCompleted } from './flow.ts';
import { openOrderSteps } from './order-steps.ts';
import type { PricedOrder, Wish } from './steps.ts';
import { variable } from './variable.ts';

/** Of the database that DBOS keeps its own state in; it has 10 unless told otherwise. */
const systemDatabasePoolSize = 20;

const steps = openOrderSteps({
  POSTGRES_URL: variable('POSTGRES_URL'),
  SANDBOX_URL: variable('SANDBOX_URL'),
  SMTP_URL: variable('SMTP_URL'),
});
const durably: Durably = (name, work) => DBOS.runStep(work, { name });

const follow = DBOS.registerWorkflow((order: PricedOrder) => afterwards(durably, steps, order), {
  name: 'afterwards',
});
const complete = DBOS.registerWorkflow(
  async (wish: Wish) => {
    const order = await untilCompleted(durably, steps, wish);
    await DBOS.startWorkflow(follow)(order);
  },
  { name: 'order' },
);

DBOS.setConfig({
  name: 'peer',
  systemDatabaseUrl: variable('DBOS_SYSTEM_DATABASE_URL'),
  systemDatabasePoolSize,
  logLevel: 'warn',
});
await DBOS.launch();

createServer((request, response) => {
  if (request.method !== 'POST') return response.writeHead(405).end();
  const answer = async () => {
    const wish = (await json(request)) as Wish;
    // Whoever asks twice for the same order gets the same one.
    await DBOS.withNextWorkflowID(wish.orderId, () => complete(wish));
    response.writeHead(204).end();
  };
  answer().catch((error: unknown) => {
    console.error(error);
    response.writeHead(500).end();
  });
}).listen(Number(variable('PORT')), '127.0.0.1');
