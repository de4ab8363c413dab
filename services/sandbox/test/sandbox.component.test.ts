import { deepStrictEqual, match, ok, rejects, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { eventually } from '@conveyor/testing/eventually';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { chargeOf, startSandbox } from './sandbox.ts';

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
before(async () => {
  database = await createTestDatabase([]);
  sandbox = await startSandbox(database.url);
});
afterEach(() => sandbox.faults({ payment: { mode: 'ok' }, notification: { mode: 'ok' } }));
after(async () => {
  await sandbox.stop();
  await database.drop();
});

const times = <Result>(count: number, action: () => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, action));

test('an approved charge is recorded in the ledger', async () => {
  const charge = chargeOf('tok_approved');

  deepStrictEqual(await sandbox.charge(charge), {
    status: 201,
    body: { key: charge.key, outcome: 'charged' },
  });

  const { body } = await sandbox.get(`/api/ledger?orderId=${charge.orderId}`);
  const [entry, ...others] = body['entries'] as Record<string, unknown>[];
  deepStrictEqual(others, []);
  const { id, at, ...rest } = entry ?? {};
  deepStrictEqual(rest, { orderId: charge.orderId, kind: 'charge', amount: 1900, currency: 'EUR' });
  ok(id);
  match(String(at), /^\d{4}-.+Z$/);
});

test('twenty calls at once with one key charge once, and all get the same answer', async () => {
  const charge = chargeOf('tok_approved');
  const answers = await times(20, () => sandbox.charge(charge));
  deepStrictEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
  deepStrictEqual(await sandbox.movementsOf(charge.orderId), ['charge 1900 EUR']);
});

test('a key cannot be used again for something else', async () => {
  const charge = chargeOf('tok_approved');
  await sandbox.charge(charge);
  const { status, body } = await sandbox.charge({ ...charge, amount: 1 });
  strictEqual(status, 422);
  strictEqual(body['field'], 'key');
  deepStrictEqual(await sandbox.movementsOf(charge.orderId), ['charge 1900 EUR']);
});

test('an order that is charged under two keys shows as charged twice', async () => {
  const charge = chargeOf('tok_approved');
  await sandbox.charge(charge);
  await sandbox.charge({ ...charge, key: `another:${charge.orderId}` });
  deepStrictEqual(await sandbox.movementsOf(charge.orderId), ['charge 1900 EUR', 'charge 1900 EUR']);
});

test('a declined charge moves nothing', async () => {
  const charge = chargeOf('tok_declined');
  strictEqual((await sandbox.charge(charge)).status, 402);
  strictEqual((await sandbox.charge(charge)).status, 402);
  deepStrictEqual(await sandbox.movementsOf(charge.orderId), []);
});

test('a flaky token fails twice and then works, also across a restart', async () => {
  const charge = chargeOf('tok_flaky');
  strictEqual((await sandbox.charge(charge)).status, 503);
  await sandbox.stop();
  sandbox = await startSandbox(database.url);
  strictEqual((await sandbox.charge(charge)).status, 503);
  strictEqual((await sandbox.charge(charge)).status, 201);
  strictEqual((await sandbox.charge(charge)).status, 201);
  deepStrictEqual(await sandbox.movementsOf(charge.orderId), ['charge 1900 EUR']);
});

test('tok_timeout never answers, charges nothing, and does not keep the process from stopping', {
  timeout: 10_000,
}, async () => {
  const charge = chargeOf('tok_timeout');
  await rejects(sandbox.charge(charge, AbortSignal.timeout(300)), { name: 'TimeoutError' });
  deepStrictEqual(await sandbox.movementsOf(charge.orderId), []);

  const earlier = sandbox.received();
  const held = rejects(sandbox.charge(charge), TypeError);
  await eventually(() => strictEqual(sandbox.received(), earlier + 1));
  await sandbox.stop();
  await held;
  sandbox = await startSandbox(database.url);
});

test('tok_slow charges even when the client has left before the answer', async () => {
  const charge = chargeOf('tok_slow');
  await rejects(sandbox.charge(charge, AbortSignal.timeout(200)), { name: 'TimeoutError' });
  deepStrictEqual(await sandbox.movementsOf(charge.orderId), [], 'not yet');
  await eventually(async () =>
    deepStrictEqual(await sandbox.movementsOf(charge.orderId), ['charge 1900 EUR']),
  );
});

test('a void overtakes a slow charge: the charge is refused when its time comes', async () => {
  const charge = chargeOf('tok_slow');
  const slow = sandbox.charge(charge);
  deepStrictEqual((await sandbox.void(charge.key)).body, { outcome: 'forbidden', amount: 0 });
  strictEqual((await slow).status, 409);
  deepStrictEqual(await sandbox.movementsOf(charge.orderId), []);
});

test('voiding a charge gives the money back, once', async () => {
  const charge = chargeOf('tok_approved');
  await sandbox.charge(charge);
  const answers = await times(10, () => sandbox.void(charge.key));
  for (const { status, body } of answers) {
    strictEqual(status, 200);
    deepStrictEqual(body, { outcome: 'refunded', amount: 1900, currency: 'EUR' });
  }
  strictEqual((await sandbox.charge(charge)).status, 409);
  deepStrictEqual(await sandbox.movementsOf(charge.orderId), ['charge 1900 EUR', 'refund 1900 EUR']);
});

test('voiding a declined key forbids it', async () => {
  const charge = chargeOf('tok_declined');
  await sandbox.charge(charge);
  const { body } = await sandbox.void(charge.key);
  deepStrictEqual(body, { outcome: 'forbidden', amount: 0, currency: 'EUR' });
  strictEqual((await sandbox.charge(charge)).status, 409);
});

test('charge and void at the same time, forty times over: nothing is ever charged net, and the void says how it went', async () => {
  await times(40, async () => {
    const charge = chargeOf('tok_approved');
    const [charged, voided] = await Promise.all([sandbox.charge(charge), sandbox.void(charge.key)]);
    const outcome = voided.body['outcome'];
    strictEqual(charged.status, outcome === 'refunded' ? 201 : 409);
    deepStrictEqual(
      await sandbox.movementsOf(charge.orderId),
      outcome === 'refunded' ? ['charge 1900 EUR', 'refund 1900 EUR'] : [],
    );
  });
});

test('the fault `decline` declines charges and leaves voids alone', async () => {
  await sandbox.faults({ payment: { mode: 'decline' } });
  const charge = chargeOf('tok_approved');
  strictEqual((await sandbox.charge(charge)).status, 402);
  strictEqual((await sandbox.void(charge.key)).status, 200);
});

test('the fault `error` hits charges and voids, `timeout` charges alone', async () => {
  const charge = chargeOf('tok_approved');
  await sandbox.faults({ payment: { mode: 'error' } });
  strictEqual((await sandbox.charge(charge)).status, 503);
  strictEqual((await sandbox.void(charge.key)).status, 503);

  await sandbox.faults({ payment: { mode: 'timeout' } });
  await rejects(sandbox.charge(charge, AbortSignal.timeout(100)), { name: 'TimeoutError' });
  await sandbox.faults({ payment: { mode: 'ok' } });
  strictEqual((await sandbox.charge(charge)).status, 201, 'neither has left a trace');

  await sandbox.faults({ payment: { mode: 'timeout' } });
  strictEqual((await sandbox.void(charge.key)).status, 200);
});

test('faults that are not named stay, and a restart clears all', async () => {
  await sandbox.faults({ payment: { mode: 'error', rate: 0.5 } });
  const { body } = await sandbox.faults({ notification: { mode: 'decline' } });
  deepStrictEqual(body, { payment: { mode: 'error', rate: 0.5 }, notification: { mode: 'decline' } });
  await sandbox.stop();
  sandbox = await startSandbox(database.url);
  const cleared = { payment: { mode: 'ok' }, notification: { mode: 'ok' } };
  deepStrictEqual((await sandbox.get('/internal/faults')).body, cleared);
});

test('wrong faults are refused, naming the field', async () => {
  const { status, body } = await sandbox.faults({ payment: { mode: 'sulk' } });
  strictEqual(status, 400);
  strictEqual(body['field'], 'payment.mode');
});

test('the ledger of an unknown order is empty; what is no order id is refused, naming the field', async () => {
  deepStrictEqual((await sandbox.get(`/api/ledger?orderId=${randomUUID()}`)).body, { entries: [] });
  for (const wrong of ['1', '', "'"]) {
    const { status, body } = await sandbox.get(`/api/ledger?orderId=${wrong}`);
    strictEqual(status, 400);
    strictEqual(body['field'], 'orderId');
  }
});

test('without an order the ledger shows the newest movements of all, oldest first', async () => {
  const first = chargeOf('tok_approved');
  const second = chargeOf('tok_approved');
  await sandbox.charge(first);
  await sandbox.charge(second);
  const { body } = await sandbox.get('/api/ledger');
  const lastTwo = (body['entries'] as { orderId: string }[]).slice(-2);
  deepStrictEqual(
    lastTwo.map(({ orderId }) => orderId),
    [first.orderId, second.orderId],
  );
});

test('an SMS and a push message are delivered once per key', async () => {
  const orderId = randomUUID();
  const message = { key: `notify:${orderId}`, orderId, to: '+49 30 901820', text: 'Your order is complete.' };
  const answers = await times(5, () => sandbox.post('/sms', message));
  deepStrictEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
  strictEqual((await sandbox.post('/push', { ...message, to: 'device-1' })).status, 202);

  const { body } = await sandbox.get(`/deliveries?orderId=${orderId}`);
  const delivered = body['deliveries'] as { channel: string; to: string; text: string }[];
  deepStrictEqual(
    delivered.map(({ channel, to, text }) => [channel, to, text]),
    [
      ['sms', '+49 30 901820', 'Your order is complete.'],
      ['push', 'device-1', 'Your order is complete.'],
    ],
  );
});

test('notification faults hit SMS and push, and nothing is delivered', async () => {
  const orderId = randomUUID();
  const message = { key: orderId, orderId, to: 'device-1', text: 'Hello' };
  await sandbox.faults({ notification: { mode: 'error' } });
  strictEqual((await sandbox.post('/sms', message)).status, 503);
  await sandbox.faults({ notification: { mode: 'decline' } });
  strictEqual((await sandbox.post('/push', message)).status, 400);
  await sandbox.faults({ notification: { mode: 'timeout' } });
  await rejects(sandbox.post('/sms', message, AbortSignal.timeout(100)), { name: 'TimeoutError' });
  deepStrictEqual((await sandbox.get(`/deliveries?orderId=${orderId}`)).body, { deliveries: [] });
});
