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
after(() => inventory?.stop());

const told = async (orderId: string) =>
  (await inventory.sentAbout(orderId)).map(({ type, attributes }) => [type, attributes['causationid']]);
const itemsReleased = async (orderId: string) =>
  (await inventory.sentAbout(orderId))
    .filter(({ type }) => type === 'inventory.released')
    .map(({ data }) => (data as { items: object[] }).items);

test('a command reserves as a new order does, once, and its answer names it as the cause', async () => {
  const mug = await inventory.stock(5);
  const { orderId, reserve } = orderOf([{ sku: mug, quantity: 2 }]);
  for (const _ of [1, 2, 3]) await inventory.deliver(reserve);
  deepStrictEqual(await inventory.countsOf(mug), { onHand: 5, reserved: 2, sold: 0 });
  deepStrictEqual(await told(orderId), [['inventory.reserved', reserve.id]]);
  strictEqual((await inventory.sentAbout(orderId))[0]?.attributes['saga'], 'orchestration');
});

test('a command for more than there is is answered with what is missing', async () => {
  const mug = await inventory.stock(1);
  const { orderId, reserve } = orderOf([{ sku: mug, quantity: 2 }]);
  await inventory.deliver(reserve);
  deepStrictEqual(await told(orderId), [['inventory.rejected', reserve.id]]);
});

test('a command to release gives back what was reserved, and is answered once', async () => {
  const mug = await inventory.stock(5);
  const { orderId, reserve, release } = orderOf([{ sku: mug, quantity: 2 }]);
  for (const each of [reserve, release, release]) await inventory.deliver(each);
  deepStrictEqual(await inventory.countsOf(mug), { onHand: 5, reserved: 0, sold: 0 });
  deepStrictEqual(await told(orderId), [
    ['inventory.reserved', reserve.id],
    ['inventory.released', release.id],
  ]);
  deepStrictEqual(await itemsReleased(orderId), [[{ sku: mug, quantity: 2 }]]);
});

test('a command to release that overtakes the one to reserve is answered, and the latter promises nothing', async () => {
  const mug = await inventory.stock(5);
  const { orderId, reserve, release } = orderOf([{ sku: mug, quantity: 2 }]);
  for (const each of [release, reserve, release]) await inventory.deliver(each);
  deepStrictEqual(await inventory.countsOf(mug), { onHand: 5, reserved: 0, sold: 0 });
  deepStrictEqual(await told(orderId), [['inventory.released', release.id]]);
  deepStrictEqual(await itemsReleased(orderId), [[]]);
});

test('whatever came before, each command to release is answered: without items where nothing was given back', async () => {
  const mug = await inventory.stock(5);
  const rejected = orderOf([{ sku: mug, quantity: 6 }]);
  await inventory.deliver(rejected.reserve);
  await inventory.deliver(rejected.release);
  deepStrictEqual(await itemsReleased(rejected.orderId), [[]]);

  const again = orderOf([{ sku: mug, quantity: 1 }]);
  await inventory.deliver(again.reserve);
  await inventory.deliver(again.release);
  await inventory.deliver(orderOf([], again.orderId).release);
  deepStrictEqual(await itemsReleased(again.orderId), [[{ sku: mug, quantity: 1 }], []]);

  const withdrawn = orderOf([{ sku: mug, quantity: 1 }]);
  await inventory.deliver(withdrawn.release);
  await inventory.deliver(orderOf([], withdrawn.orderId).release);
  deepStrictEqual(await itemsReleased(withdrawn.orderId), [[], []]);
});

test('what is sold cannot be released: that is for a person to look at', async () => {
  const mug = await inventory.stock(5);
  const { orderId, reserve, completed, release } = orderOf([{ sku: mug, quantity: 2 }]);
  await inventory.deliver(reserve);
  await inventory.deliver(completed);
  await rejects(inventory.deliver(release), { name: 'PermanentFault', code: 'already-sold' });
  deepStrictEqual(await inventory.countsOf(mug), { onHand: 3, reserved: 0, sold: 2 });
  deepStrictEqual(await told(orderId), [['inventory.reserved', reserve.id]]);
});

test('commands to reserve and release at the same moment, repeated: nothing stays promised, each is answered once', async () => {
  const mug = await inventory.stock(1_000);
  const orders = Array.from({ length: 40 }, () => orderOf([{ sku: mug, quantity: 1 }]));
  await Promise.all(
    orders.flatMap(({ reserve, release }) =>
      [reserve, release, reserve, release].map((each) => inventory.deliver(each)),
    ),
  );
  deepStrictEqual(await inventory.countsOf(mug), { onHand: 1_000, reserved: 0, sold: 0 });
  for (const { orderId, reserve, release } of orders) {
    const answers = (await told(orderId)).map(([type]) => type).join();
    const possible = ['inventory.released', 'inventory.reserved,inventory.released'];
    strictEqual(possible.includes(answers), true, answers);
    const causes = new Map((await told(orderId)).map(([type, cause]) => [type, cause]));
    strictEqual(causes.get('inventory.released'), release.id);
    strictEqual(causes.get('inventory.reserved') ?? reserve.id, reserve.id);
  }
});

test('faults of the inventory hit commands, too', async () => {
  const mug = await inventory.stock(5);
  const [failing, declined] = [orderOf([{ sku: mug, quantity: 1 }]), orderOf([{ sku: mug, quantity: 1 }])];
  inventory.faults.change({ inventory: { mode: 'error' } });
  await rejects(inventory.deliver(failing.reserve), { name: 'TransientFault' });
  inventory.faults.change({ inventory: { mode: 'decline' } });
  await inventory.deliver(declined.reserve);
  deepStrictEqual(await told(failing.orderId), []);
  deepStrictEqual(await told(declined.orderId), [['inventory.rejected', declined.reserve.id]]);
});
