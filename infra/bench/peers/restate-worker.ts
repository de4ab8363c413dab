// Started by restate.ts: orders as Restate workflows. Restate calls them, and is called itself to place one.
import { createServer } from 'node:http2';
import { type Context, endpoint, service, type WorkflowContext, workflow } from '@restatedev/restate-sdk';
import { afterwards, type Durably, untilCompleted } from './flow.ts';
import { openOrderSteps } from './order-steps.ts';
import type { PricedOrder, Wish } from './steps.ts';
import { variable } from './variable.ts';

const steps = openOrderSteps({
  POSTGRES_URL: variable('POSTGRES_URL'),
  SANDBOX_URL: variable('SANDBOX_URL'),
  SMTP_URL: variable('SMTP_URL'),
});
const durablyIn =
  (context: Context): Durably =>
  (name, work) =>
    context.run(name, work);

const follow = service({
  name: 'afterwards',
  handlers: {
    run: (context: Context, order: PricedOrder) => afterwards(durablyIn(context), steps, order),
  },
});
/** Once for each order: its id is the key. */
const order = workflow({
  name: 'order',
  handlers: {
    run: async (context: WorkflowContext, wish: Wish) => {
      const completed = await untilCompleted(durablyIn(context), steps, wish);
      context.serviceSendClient(follow).run(completed);
    },
  },
});

// Not by its own `listen`, which is open to the network.
createServer(endpoint().bind(order).bind(follow).http2Handler()).listen(
  Number(variable('PORT')),
  '127.0.0.1',
);
