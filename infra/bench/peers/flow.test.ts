import { deepStrictEqual, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { afterwards, type Durably, untilCompleted } from './flow.ts';
import type { OrderSteps, Wish } from './steps.ts';

const wish: Wish = {
  orderId: '00000000-0000-7000-8000-000000000001',
  customerId: 'ada',
  items: [{ sku: 'mug', quantity: 1 }],
  saga: 'choreography',
  broker: 'rabbitmq',
};
const total = { amount: 500, currency: 'EUR' } as const;

/** Steps that write down that they were taken; `dies` fails, the first time. */
function stepsOf(taken: string[], dies?: keyof OrderSteps): OrderSteps {
  let isDead = false;
  const step = (name: keyof OrderSteps) => async () => {
    if (name === dies && !isDead) {
      isDead = true;
      throw new Error('the process dies');
    }
    taken.push(name);
  };
  return {
    place: async () => {
      await step('place')();
      return total;
    },
    reserve: step('reserve'),
    noteReserved: step('noteReserved'),
    charge: step('charge'),
    complete: step('complete'),
    sell: step('sell'),
    email: step('email'),
    sms: step('sms'),
    push: step('push'),
  };
}

/** As a peer does it: what has a result is not done again. */
function journal(): Durably {
  const results = new Map<string, unknown>();
  return async (name, work) => {
    if (!results.has(name)) results.set(name, await work());
    return results.get(name) as Awaited<ReturnType<typeof work>>;
  };
}

test('an order takes the steps that it takes in the services, and then those that nobody waits for', async () => {
  const taken: string[] = [];
  const [durably, steps] = [journal(), stepsOf(taken)];
  deepStrictEqual(await untilCompleted(durably, steps, wish), { ...wish, total });
  deepStrictEqual(taken, ['place', 'reserve', 'noteReserved', 'charge', 'complete']);
  await afterwards(durably, steps, { ...wish, total });
  deepStrictEqual(taken.slice(5), ['sell', 'email', 'sms', 'push']);
});

test('each step is one that the peer keeps: after a death the order goes on where it was', async () => {
  const taken: string[] = [];
  const [durably, steps] = [journal(), stepsOf(taken, 'charge')];
  await rejects(untilCompleted(durably, steps, wish), /dies/);
  await untilCompleted(durably, steps, wish);
  deepStrictEqual(taken, ['place', 'reserve', 'noteReserved', 'charge', 'complete']);
});
