import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { PaymentToken } from '@conveyor/contracts';
import { eventually } from '@conveyor/testing/eventually';
import { type orderOf, startPayment, startWorld, type World } from './payment.ts';

type Order = ReturnType<typeof orderOf>;

let world: World;
let payment: ReturnType<typeof startPayment>;
before(async () => {
  world = await startWorld();
  payment = startPayment(world);
});
afterEach(() => world.sandbox.faults('ok'));
after(() => world?.stop());

const statusOf = async ({ orderId }: Order) => (await world.chargeOf(orderId))?.status;
const five = <Result>(action: () => Promise<Result>) => Promise.all([1, 2, 3, 4, 5].map(action));

/** What the orchestrator hears: the one answer to its command to refund, and how much was given back. */
async function answersTo({ orderId, refund }: Order): Promise<unknown[]> {
  return (await world.sentAbout(orderId))
    .filter(({ type }) => type === 'payment.refunded')
    .map(({ causationid, data }) => {
      strictEqual(causationid, refund.id);
      return (data as { amount: { amount: number } }).amount.amount;
    });
}

/** How the charge of an order got where it is when the command to refund comes, and what is given back then. */
const states: readonly (readonly [
  state: string,
  token: PaymentToken,
  begin: (order: Order) => Promise<unknown>,
  refunded: number,
])[] = [
  ['is not known yet', 'tok_approved', async () => {}, 0],
  ['was charged', 'tok_approved', (order) => payment.deliver(order.charge), 1900],
  ['was declined', 'tok_declined', (order) => payment.deliver(order.charge), 0],
  ['timed out', 'tok_timeout', (order) => startPayment(world, { timeoutMs: 200 }).deliver(order.charge), 0],
];

for (const [state, token, begin, refunded] of states) {
  test(`a command to refund an order whose charge ${state} is answered once, with ${refunded}`, async () => {
    const order = world.orders.place(token);
    await begin(order);
    await five(() => payment.deliver(order.refund));
    await payment.deliver(order.charge);
    deepStrictEqual(await answersTo(order), [refunded]);
    strictEqual(await statusOf(order), 'refunded');
  });
}

test('a command to refund while the charge is in flight is answered once, and the charge is not told', async () => {
  const order = world.orders.place('tok_slow');
  const charged = payment.deliver(order.charge);
  await eventually(async () => strictEqual(await statusOf(order), 'charging'));
  await five(() => payment.deliver(order.refund));
  await charged;
  deepStrictEqual(await answersTo(order), [0]);
  strictEqual((await world.sentAbout(order.orderId)).length, 1);
});

test('a command to refund while nobody knows what became of the charge is answered once that is known', async () => {
  const order = world.orders.place('tok_approved');
  await world.sandbox.faults('error');
  const charged = startPayment(world, { timeoutMs: 200 }).deliver(order.charge);
  await eventually(async () => strictEqual(await statusOf(order), 'voiding'));
  const refunded = five(() => payment.deliver(order.refund));
  await eventually(async () => strictEqual(await statusOf(order), 'refunding'));
  deepStrictEqual(await answersTo(order), []);

  await world.sandbox.faults('ok');
  await Promise.all([charged, refunded]);
  deepStrictEqual(await answersTo(order), [0]);
  strictEqual((await world.sentAbout(order.orderId)).length, 1);
});
