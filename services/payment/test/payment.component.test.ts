import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, afterEach, before, type TestContext, test } from 'node:test';
import { InfrastructureFault, PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { eventually } from '@conveyor/testing/eventually';
import { closedUrl, orderOf, startPayment, startWorld, type World } from './payment.ts';

let world: World;
let payment: ReturnType<typeof startPayment>;
before(async () => {
  world = await startWorld();
  payment = startPayment(world);
});
afterEach(() => world.sandbox.faults('ok'));
after(() => world.stop());

const typesSentAbout = async (orderId: string) => (await world.sentAbout(orderId)).map(({ type }) => type);
const statusOf = async (orderId: string) => (await world.chargeOf(orderId))?.status;
const ledgerOf = (orderId: string) => world.sandbox.ledgerOf(orderId);
const times = <Result>(count: number, action: () => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, action));

test('what is reserved is to be charged: the total, at the order’s priority', async () => {
  const { orderId, reserved } = orderOf();
  await payment.deliver(reserved);
  const [sent, ...others] = await world.sentAbout(orderId);
  deepStrictEqual(others, []);
  strictEqual(sent?.type, 'payment.charge');
  strictEqual(sent.priority, 10);
  strictEqual(sent.causationid, reserved.id);
  deepStrictEqual(sent.data, { orderId, amount: { amount: 1900, currency: 'EUR' }, priority: 'express' });
});

test('an approved charge is completed, and the provider has charged once', async () => {
  const { orderId, charge } = world.orders.place('tok_approved');
  await payment.deliver(charge);
  const [sent, ...others] = await world.sentAbout(orderId);
  deepStrictEqual(others, []);
  strictEqual(sent?.type, 'payment.completed');
  strictEqual(sent.causationid, charge.id);
  deepStrictEqual(sent.data, { orderId, amount: { amount: 1900, currency: 'EUR' } });
  deepStrictEqual(await ledgerOf(orderId), ['charge 1900']);
});

test('one message five times and another one for the same order, all at once: one charge, one outcome', async () => {
  const { orderId, charge, chargeAgain } = world.orders.place('tok_approved');
  await Promise.all([...Array(5).fill(charge), chargeAgain].map((message) => payment.deliver(message)));
  deepStrictEqual(await typesSentAbout(orderId), ['payment.completed']);
  deepStrictEqual(await ledgerOf(orderId), ['charge 1900']);
});

test('a declined charge has failed', async () => {
  const { orderId, charge } = world.orders.place('tok_declined');
  await payment.deliver(charge);
  const [sent] = await world.sentAbout(orderId);
  deepStrictEqual(sent?.data, { orderId, reason: 'payment-declined' });
  strictEqual(sent.type, 'payment.failed');
});

test('a provider that fails twice is asked again, and charges once', async () => {
  const { orderId, charge } = world.orders.place('tok_flaky');
  await payment.deliver(charge);
  deepStrictEqual(await typesSentAbout(orderId), ['payment.completed']);
  deepStrictEqual(await ledgerOf(orderId), ['charge 1900']);
});

test('a provider that never answers: the charge is voided when its time is over', async () => {
  const { orderId, charge } = world.orders.place('tok_timeout');
  await startPayment(world, { timeoutMs: 200 }).deliver(charge);
  const [sent] = await world.sentAbout(orderId);
  deepStrictEqual(sent?.data, { orderId, reason: 'payment-timeout' });
  strictEqual(await statusOf(orderId), 'timed-out');
  deepStrictEqual(await ledgerOf(orderId), []);
});

test('a charge that is too slow is voided while it is in flight, and stays uncharged', async () => {
  const { orderId, charge } = world.orders.place('tok_slow');
  await startPayment(world, { timeoutMs: 200 }).deliver(charge);
  deepStrictEqual(await typesSentAbout(orderId), ['payment.failed']);

  // Another slow one, begun later: once it has been charged, the first one's two seconds are over as well.
  const later = world.orders.place('tok_slow');
  await payment.deliver(later.charge);
  deepStrictEqual(await ledgerOf(later.orderId), ['charge 1900']);
  deepStrictEqual(await ledgerOf(orderId), []);
});

test('a provider that fails for longer than the retry delays leaves no dead letter: the charge ends when it is back', async () => {
  const { orderId, charge } = world.orders.place('tok_approved');
  await world.sandbox.faults('error');
  const delivered = startPayment(world, { timeoutMs: 400 }).deliver(charge);
  await eventually(async () => strictEqual(await statusOf(orderId), 'voiding'));
  deepStrictEqual(await typesSentAbout(orderId), [], 'nobody knows yet');

  await world.sandbox.faults('ok');
  await delivered;
  const [sent] = await world.sentAbout(orderId);
  deepStrictEqual(sent?.data, { orderId, reason: 'payment-timeout' });
  deepStrictEqual(await ledgerOf(orderId), []);
});

test('a restart while it is voided goes on with the void, and never charges again', async () => {
  const { orderId, charge } = world.orders.place('tok_approved');
  await world.sandbox.faults('error');
  const stopping = new AbortController();
  const interrupted = rejects(startPayment(world, { timeoutMs: 200 }).deliver(charge, stopping.signal));
  await eventually(async () => strictEqual(await statusOf(orderId), 'voiding'));
  stopping.abort();
  await interrupted;

  await world.sandbox.faults('ok');
  await payment.deliver(charge);
  deepStrictEqual(await typesSentAbout(orderId), ['payment.failed']);
  deepStrictEqual(await ledgerOf(orderId), []);
});

test('a restart does not give the provider more time', async (t) => {
  const { orderId, charge } = world.orders.place('tok_approved');
  const provider = await silentProvider(t);
  const stopping = new AbortController();
  const before = startPayment(world, { timeoutMs: 60_000, sandboxUrl: provider.url });
  const interrupted = rejects(before.deliver(charge, stopping.signal));
  await provider.asked(1);
  const first = (await world.chargeOf(orderId))?.deadline;
  ok(first);
  stopping.abort();
  await interrupted;

  const stoppingAgain = new AbortController();
  const after = startPayment(world, { timeoutMs: 90_000, sandboxUrl: provider.url });
  const again = rejects(after.deliver(charge, stoppingAgain.signal));
  await provider.asked(2);
  strictEqual((await world.chargeOf(orderId))?.deadline, first);
  stoppingAgain.abort();
  await again;
});

/** A provider that takes every call and never answers. `asked` resolves once it has been called so often. */
async function silentProvider(t: TestContext) {
  let calls = 0;
  const server = createServer(() => {
    calls += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    asked: (times: number) => eventually(() => ok(calls >= times, `called ${calls} times`)),
  };
}

test('a charge that was under way at a restart, and whose time is over now, is voided', async () => {
  const { orderId, charge } = world.orders.place('tok_approved');
  const { amount } = charge.data;
  await world.database.query(
    `insert into charges (order_id, status, amount, currency, deadline)
     values ($1, 'charging', $2, $3, now() - interval '1 second')`,
    [orderId, amount.amount, amount.currency],
  );
  await payment.deliver(charge);
  strictEqual(await statusOf(orderId), 'timed-out');
  deepStrictEqual(await ledgerOf(orderId), []);
});

test('while the provider cannot be reached no time passes: the message is repeated, and then charged', async () => {
  const { orderId, charge } = world.orders.place('tok_approved');
  const cutOff = startPayment(world, { sandboxUrl: await closedUrl() });
  await rejects(cutOff.deliver(charge), (error) => error instanceof InfrastructureFault);
  await rejects(cutOff.deliver(charge), (error) => error instanceof InfrastructureFault);
  strictEqual((await world.chargeOf(orderId))?.deadline, undefined);

  await payment.deliver(charge);
  deepStrictEqual(await typesSentAbout(orderId), ['payment.completed']);
});

test('while the order service is away no time passes either', async () => {
  const { orderId, charge } = world.orders.place('tok_approved');
  const cutOff = startPayment(world, { orderUrl: await closedUrl() });
  await rejects(cutOff.deliver(charge), (error) => error instanceof InfrastructureFault);
  strictEqual((await world.chargeOf(orderId))?.deadline, undefined);

  await payment.deliver(charge);
  deepStrictEqual(await typesSentAbout(orderId), ['payment.completed']);
});

test('a charge of an order that the order service does not know is given up at once', async () => {
  await rejects(payment.deliver(orderOf().charge), (error) => error instanceof PermanentFault);
});

test('a refund gives back what was charged, once', async () => {
  const { orderId, charge, refund } = world.orders.place('tok_approved');
  await payment.deliver(charge);
  await times(5, () => payment.deliver(refund));
  const sent = await world.sentAbout(orderId);
  deepStrictEqual(
    sent.map(({ type }) => type),
    ['payment.completed', 'payment.refunded'],
  );
  deepStrictEqual(sent[1]?.data, { orderId, amount: { amount: 1900, currency: 'EUR' } });
  deepStrictEqual(await ledgerOf(orderId), ['charge 1900', 'refund 1900']);
});

test('a refund before the charge leaves a tombstone: the charge is refused', async () => {
  const { orderId, charge, refund } = world.orders.place('tok_approved');
  await payment.deliver(refund);
  await payment.deliver(charge);
  const [sent, ...others] = await world.sentAbout(orderId);
  deepStrictEqual(others, []);
  strictEqual(sent?.type, 'payment.refunded');
  deepStrictEqual(sent.data, { orderId, amount: { amount: 0, currency: 'EUR' } });
  deepStrictEqual(await ledgerOf(orderId), []);
});

test('a refund while the charge is in flight: the outcome of the charge is dropped, nothing is charged net', async () => {
  const { orderId, charge, refund } = world.orders.place('tok_slow');
  const charged = payment.deliver(charge);
  await eventually(async () => strictEqual(await statusOf(orderId), 'charging'));
  await payment.deliver(refund);
  await charged;
  deepStrictEqual(await typesSentAbout(orderId), ['payment.refunded']);
  strictEqual(await statusOf(orderId), 'refunded');
  deepStrictEqual(await ledgerOf(orderId), []);
});

test('charge and refund at the same time, thirty orders: one end for all, nothing charged net', async () => {
  await times(30, async () => {
    const { orderId, charge, refund } = world.orders.place('tok_approved');
    await Promise.all([charge, refund, charge, refund].map((message) => payment.deliver(message)));
    strictEqual(await statusOf(orderId), 'refunded');
    const types = await typesSentAbout(orderId);
    strictEqual(types.filter((type) => type === 'payment.refunded').length, 1);
    strictEqual(types.includes('payment.failed'), false);
    const ledger = await ledgerOf(orderId);
    ok(ledger.length === 0 || ledger.join() === 'charge 1900,refund 1900', ledger.join());
  });
});

test('a refund waits for a provider that is out of order', async () => {
  const { orderId, charge, refund } = world.orders.place('tok_approved');
  await payment.deliver(charge);
  await world.sandbox.faults('error');
  const refunded = payment.deliver(refund);
  await eventually(async () => strictEqual(await statusOf(orderId), 'refunding'));
  await world.sandbox.faults('ok');
  await refunded;
  deepStrictEqual(await ledgerOf(orderId), ['charge 1900', 'refund 1900']);
});

test('a cancelled order is refunded, unless it is known that nothing is charged', async () => {
  const refundsAfter = async (order: ReturnType<typeof orderOf>) => {
    await payment.deliver(order.cancelled);
    return (await world.sentAbout(order.orderId))
      .filter(({ type }) => type === 'payment.refund')
      .map(({ data }) => data);
  };
  const unknown = orderOf();
  const refund = { orderId: unknown.orderId, amount: { amount: 1900, currency: 'EUR' } };
  deepStrictEqual(await refundsAfter(unknown), [refund], 'its charge may be on its way');

  const charged = world.orders.place('tok_approved');
  await payment.deliver(charged.charge);
  strictEqual((await refundsAfter(charged)).length, 1);

  const declined = world.orders.place('tok_declined');
  await payment.deliver(declined.charge);
  deepStrictEqual(await refundsAfter(declined), []);
});

test('a payment token is written down nowhere', async () => {
  const { charge } = world.orders.place('tok_approved');
  await payment.deliver(charge);
  for (const table of ['charges', 'outbox', 'inbox']) {
    const { rows } = await world.database.query(
      `select 1 from ${table} as row where row::text like '%tok\\_%' or row::text like '%' || encode('tok_', 'hex') || '%'`,
    );
    deepStrictEqual(rows, [], table);
  }
});
