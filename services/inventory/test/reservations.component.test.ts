import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { orderOf, startInventory } from './inventory.ts';

let inventory: Awaited<ReturnType<typeof startInventory>>;
before(async () => {
  inventory = await startInventory();
});
afterEach(async () => {
  inventory.faults.change({ inventory: { mode: 'ok' } });
  deepStrictEqual(await inventory.discrepancies(), []);
});
after(() => inventory.stop());

const typesSentAbout = async (subject: string) =>
  (await inventory.sentAbout(subject)).map(({ type }) => type);

test('a new order is promised all that it wants, and payment hears what to charge', async () => {
  const [mug, tea] = [await inventory.stock(5), await inventory.stock(5)];
  const { orderId, created } = orderOf([
    { sku: mug, quantity: 2 },
    { sku: tea, quantity: 1 },
    { sku: mug, quantity: 1 },
  ]);

  await inventory.deliver(created);

  deepStrictEqual(await inventory.countsOf(mug), { onHand: 5, reserved: 3, sold: 0 });
  deepStrictEqual(await inventory.countsOf(tea), { onHand: 5, reserved: 1, sold: 0 });
  const sent = await inventory.sentAbout(orderId);
  strictEqual(sent.length, 1);
  deepStrictEqual(sent[0]?.data, {
    orderId,
    items: [
      { sku: mug, quantity: 3 },
      { sku: tea, quantity: 1 },
    ].sort((a, b) => (a.sku < b.sku ? -1 : 1)),
    total: { amount: 1900, currency: 'EUR' },
    priority: 'express',
  });
  strictEqual(sent[0]?.type, 'inventory.reserved');
  strictEqual(sent[0]?.broker, 'rabbitmq');
  strictEqual(sent[0]?.attributes['causationid'], created.id);
  strictEqual(sent[0]?.attributes['correlationid'], created.envelope.correlationid);
});

test('an order of which one product is short gets nothing, and hears what is missing', async () => {
  const [mug, tea] = [await inventory.stock(5), await inventory.stock(1)];
  const { orderId, created, cancelled } = orderOf([
    { sku: mug, quantity: 2 },
    { sku: tea, quantity: 2 },
  ]);

  await inventory.deliver(created);

  deepStrictEqual(await inventory.countsOf(mug), { onHand: 5, reserved: 0, sold: 0 });
  deepStrictEqual(
    (await inventory.sentAbout(orderId)).map(({ type, data }) => ({ type, data })),
    [
      {
        type: 'inventory.rejected',
        data: { orderId, reason: 'out-of-stock', missing: [{ sku: tea, wanted: 2, available: 1 }] },
      },
    ],
  );

  await inventory.deliver(cancelled);
  deepStrictEqual(await typesSentAbout(orderId), ['inventory.rejected']);
});

test('an order for a product that does not exist is rejected', async () => {
  const { orderId, created } = orderOf([{ sku: 'no-such-thing', quantity: 1 }]);
  await inventory.deliver(created);
  deepStrictEqual(await typesSentAbout(orderId), ['inventory.rejected']);
});

test('a failed payment and the cancellation that follows give back once', async () => {
  const mug = await inventory.stock(5);
  const { orderId, created, paymentFailed, cancelled } = orderOf([{ sku: mug, quantity: 2 }]);

  for (const message of [created, created, paymentFailed, cancelled, paymentFailed])
    await inventory.deliver(message);

  deepStrictEqual(await inventory.countsOf(mug), { onHand: 5, reserved: 0, sold: 0 });
  deepStrictEqual(await typesSentAbout(orderId), ['inventory.reserved', 'inventory.released']);
});

test('a cancellation that overtakes its order leaves a tombstone: nothing is promised, nothing is told', async () => {
  const mug = await inventory.stock(5);
  const { orderId, created, cancelled } = orderOf([{ sku: mug, quantity: 2 }]);

  await inventory.deliver(cancelled);
  await inventory.deliver(created);

  deepStrictEqual(await inventory.countsOf(mug), { onHand: 5, reserved: 0, sold: 0 });
  deepStrictEqual(await typesSentAbout(orderId), []);
});

test('a completed order is sold once, and a late cancellation takes nothing back', async () => {
  const mug = await inventory.stock(5);
  const { orderId, created, completed, cancelled } = orderOf([{ sku: mug, quantity: 2 }]);

  for (const message of [created, completed, completed, cancelled]) await inventory.deliver(message);
  await inventory.deliver(orderOf([], orderId).completed);

  deepStrictEqual(await inventory.countsOf(mug), { onHand: 3, reserved: 0, sold: 2 });
  deepStrictEqual(await typesSentAbout(orderId), ['inventory.reserved']);
});

test('a sale that overtakes its reservation fails without a trace, and works when repeated', async () => {
  const mug = await inventory.stock(5);
  const { created, completed } = orderOf([{ sku: mug, quantity: 2 }]);

  await rejects(inventory.deliver(completed), { name: 'TransientFault', code: 'not-reserved' });
  await inventory.deliver(created);
  await inventory.deliver(completed);

  deepStrictEqual(await inventory.countsOf(mug), { onHand: 3, reserved: 0, sold: 2 });
});

test('of 200 buyers who come at once for 10 units exactly 10 get one', async () => {
  const rare = await inventory.stock(10);
  const orders = Array.from({ length: 200 }, () => orderOf([{ sku: rare, quantity: 1 }]));

  await Promise.all(orders.map(({ created }) => inventory.deliver(created)));

  deepStrictEqual(await inventory.countsOf(rare), { onHand: 10, reserved: 10, sold: 0 });
  const answers = await Promise.all(orders.map(({ orderId }) => typesSentAbout(orderId)));
  strictEqual(answers.filter(([type]) => type === 'inventory.reserved').length, 10);
  strictEqual(answers.filter(([type]) => type === 'inventory.rejected').length, 190);

  await Promise.all(orders.map(({ completed }) => inventory.deliver(completed).catch(() => {})));
  deepStrictEqual(await inventory.countsOf(rare), { onHand: 0, reserved: 0, sold: 10 });
});

test('orders that want the same products in any order do not lock each other out', async () => {
  const skus = await Promise.all([1, 2, 3, 4].map(() => inventory.stock(1_000)));
  const orders = Array.from({ length: 120 }, (_, index) => {
    const items = skus.map((sku) => ({ sku, quantity: 1 }));
    return orderOf(index % 2 === 0 ? items : items.reverse());
  });

  await Promise.all(orders.map(({ created }) => inventory.deliver(created)));
  await Promise.all(
    orders.map(({ cancelled, completed }, i) => inventory.deliver(i % 3 === 0 ? cancelled : completed)),
  );

  for (const sku of skus)
    deepStrictEqual(await inventory.countsOf(sku), { onHand: 920, reserved: 0, sold: 80 });
});

test('an order that is created, cancelled and repeated at the same moment ends with nothing promised', async () => {
  const mug = await inventory.stock(1_000);
  const orders = Array.from({ length: 40 }, () => orderOf([{ sku: mug, quantity: 1 }]));

  await Promise.all(
    orders.flatMap(({ created, paymentFailed, cancelled }) =>
      [created, cancelled, created, paymentFailed, cancelled].map((message) => inventory.deliver(message)),
    ),
  );

  deepStrictEqual(await inventory.countsOf(mug), { onHand: 1_000, reserved: 0, sold: 0 });
  for (const { orderId } of orders) {
    const told = (await typesSentAbout(orderId)).join();
    strictEqual(['', 'inventory.reserved,inventory.released'].includes(told), true, told);
  }
});

test('a fault can make reservations fail, or shelves look empty', async () => {
  const mug = await inventory.stock(5);
  const [failing, declined] = [orderOf([{ sku: mug, quantity: 1 }]), orderOf([{ sku: mug, quantity: 1 }])];

  inventory.faults.change({ inventory: { mode: 'error' } });
  await rejects(inventory.deliver(failing.created), { name: 'TransientFault' });
  inventory.faults.change({ inventory: { mode: 'decline' } });
  await inventory.deliver(declined.created);

  deepStrictEqual(await inventory.countsOf(mug), { onHand: 5, reserved: 0, sold: 0 });
  deepStrictEqual(await typesSentAbout(failing.orderId), []);
  deepStrictEqual(await typesSentAbout(declined.orderId), ['inventory.rejected']);
});
