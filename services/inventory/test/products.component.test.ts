import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { ProductView } from '@conveyor/contracts/http';
import { orderOf, startInventory } from './inventory.ts';

let inventory: Awaited<ReturnType<typeof startInventory>>;
before(async () => {
  inventory = await startInventory();
});
afterEach(async () => {
  deepStrictEqual(await inventory.discrepancies(), []);
});
after(() => inventory.stop());

const price = { amount: 950, currency: 'EUR' };

async function get(path: string) {
  const response = await inventory.http.inject({ method: 'GET', url: path });
  return { status: response.statusCode, body: response.json() };
}

async function put(sku: string, body: object) {
  const response = await inventory.http.inject({
    method: 'PUT',
    url: `/api/products/${sku}`,
    headers: { 'x-correlation-id': `test-${sku}` },
    payload: body,
  });
  return { status: response.statusCode, body: response.json() };
}

test('the seeded shop has many products in all currencies, one nearly gone and one never in stock', async () => {
  const { status, body } = await get('/api/products');
  const products = body as ProductView[];
  strictEqual(status, 200);
  strictEqual(products.length >= 12, true);
  const skus = products.map(({ sku }) => sku);
  deepStrictEqual(skus, [...skus].sort());
  deepStrictEqual([...new Set(products.map((product) => product.price.currency))].sort(), [
    'EUR',
    'GBP',
    'USD',
  ]);
  deepStrictEqual(
    products
      .map(({ stock }) => stock.onHand)
      .sort((a, b) => a - b)
      .slice(0, 2),
    [0, 5],
  );
});

test('a product is shown with its price and stock', async () => {
  deepStrictEqual(await get('/api/products/first-edition'), {
    status: 200,
    body: {
      sku: 'first-edition',
      name: 'Signed first edition',
      price: { amount: 12_000, currency: 'EUR' },
      stock: { onHand: 5, reserved: 0, sold: 0 },
    },
  });
});

test('a product that does not exist, or whose sku cannot exist, is not found', async () => {
  for (const sku of ['no-such-thing', 'NOT%20A%20SKU', 'x'.repeat(200)]) {
    const { status, body } = await get(`/api/products/${sku}`);
    strictEqual(status, 404, sku);
    strictEqual(body.field, 'sku');
  }
});

test('a product is created with its stock, and both brokers hear of it', async () => {
  const sku = `test-${randomUUID()}`;
  const created = { sku, name: 'Test', price, stock: { onHand: 7, reserved: 0, sold: 0 } };

  deepStrictEqual(await put(sku, { name: 'Test', price, onHand: 7 }), { status: 201, body: created });

  deepStrictEqual((await get(`/api/products/${sku}`)).body, created);
  const sent = await inventory.sentAbout(sku);
  deepStrictEqual(sent.map(({ broker }) => broker).sort(), ['kafka', 'rabbitmq']);
  for (const { type, data, attributes } of sent) {
    strictEqual(type, 'product.created');
    deepStrictEqual(data, { sku, name: 'Test', price });
    strictEqual(attributes['correlationid'], `test-${sku}`);
    strictEqual(attributes['causationid'], undefined);
  }
});

test('a new product needs a name and a price; both are named when missing', async () => {
  const { status, body } = await put(`test-${randomUUID()}`, { onHand: 7 });
  strictEqual(status, 400);
  deepStrictEqual(
    body.errors.map(({ field }: { field: string }) => field),
    ['name', 'price'],
  );
});

test('what is wrong in a change is named', async () => {
  for (const [change, field] of [
    [{}, 'body'],
    [{ name: 'half a pair: \ud800' }, 'name'],
    [{ name: 'nothing: \u0000' }, 'name'],
    [{ onHand: -1 }, 'onHand'],
    [{ onHand: '5' }, 'onHand'],
    [{ price: { amount: 0, currency: 'EUR' } }, 'price.amount'],
    [{ price: { amount: 5, currency: 'XXX' } }, 'price.currency'],
    [{ colour: 'red' }, 'colour'],
  ] as const) {
    const { status, body } = await put('mug', change);
    strictEqual(status, 400, JSON.stringify(change));
    match(body.detail, new RegExp(`^${field} `));
  }
  strictEqual((await put('NOT-A-SKU', { onHand: 1 })).status, 400);
});

test('name, price and its currency change each on their own, and nobody is told of a new product', async () => {
  const sku = await inventory.stock(3);
  strictEqual((await put(sku, { name: 'Renamed' })).body.name, 'Renamed');
  const { status, body } = await put(sku, { price: { amount: 1, currency: 'USD' } });
  strictEqual(status, 200);
  deepStrictEqual(body, {
    sku,
    name: 'Renamed',
    price: { amount: 1, currency: 'USD' },
    stock: { onHand: 3, reserved: 0, sold: 0 },
  });
  deepStrictEqual(await inventory.sentAbout(sku), []);
});

test('stock cannot be set below what is reserved', async () => {
  const sku = await inventory.stock(5);
  await inventory.deliver(orderOf([{ sku, quantity: 3 }]).created);

  const { status, body } = await put(sku, { onHand: 2, name: 'Unchanged' });

  strictEqual(status, 409);
  strictEqual(body.field, 'onHand');
  const { body: product } = await put(sku, { onHand: 3 });
  deepStrictEqual(product, { sku, name: sku, price, stock: { onHand: 3, reserved: 3, sold: 0 } });
});

test('two who create the same product at once create it once', async () => {
  const sku = `test-${randomUUID()}`;
  const answers = await Promise.all(
    [1, 2, 3, 4].map((onHand) => put(sku, { name: `Test ${onHand}`, price, onHand })),
  );
  deepStrictEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 201]);
  strictEqual((await inventory.sentAbout(sku)).length, 2);
});

test('stock that is set while orders come in loses no unit', async () => {
  const sku = await inventory.stock(100);
  const orders = Array.from({ length: 60 }, () => orderOf([{ sku, quantity: 1 }]));

  await Promise.all([
    ...orders.map(async ({ created, completed }) => {
      await inventory.deliver(created);
      await inventory.deliver(completed);
    }),
    ...[150, 120, 90, 200].map((onHand) => put(sku, { onHand })),
  ]);

  const { reserved, sold } = (await inventory.countsOf(sku)) ?? {};
  deepStrictEqual({ reserved, sold }, { reserved: 0, sold: 60 });
});

test('faults are switched on and off over HTTP', async () => {
  const url = '/internal/faults';
  const fault = { inventory: { mode: 'decline', rate: 0.5 } };
  const set = await inventory.http.inject({ method: 'PUT', url, payload: fault });
  deepStrictEqual(set.json(), fault);
  deepStrictEqual((await get(url)).body, fault);
  const wrong = await inventory.http.inject({
    method: 'PUT',
    url,
    payload: { inventory: { mode: 'explode' } },
  });
  strictEqual(wrong.statusCode, 400);
  inventory.faults.change({ inventory: { mode: 'ok' } });
});
