import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { paymentTokens } from '../src/adapters/payment-tokens.ts';
import { createArchiveOrders } from '../src/handlers/archive-orders.ts';
import { message, type Style, startOrder } from './order.ts';

let order: Awaited<ReturnType<typeof startOrder>>;
before(async () => {
  order = await startOrder();
});
after(() => order?.stop());

const onKafka: Style = { saga: 'choreography', broker: 'kafka' };
const onRabbit: Style = { saga: 'choreography', broker: 'rabbitmq' };
const paid = (orderId: string, style: Style) =>
  message('payment.completed', orderId, { orderId, amount: { amount: 1900, currency: 'EUR' } }, style);

async function completed(style: Style = onKafka): Promise<string> {
  const orderId = await order.place(style);
  await order.deliver(paid(orderId, style));
  return orderId;
}

async function snapshotRow(orderId: string) {
  const { rows } = await order.database.query<{ version: number; state: object }>(
    'select version, state from snapshots where stream_id = $1',
    [orderId],
  );
  return rows[0];
}

for (const style of [onKafka, onRabbit]) {
  test(`an order on ${style.broker} that has ended leaves one snapshot, which is told to Kafka alone`, async () => {
    const orderId = await order.place(style);
    deepStrictEqual([await snapshotRow(orderId), await order.snapshotsOf(orderId)], [undefined, []]);
    await order.deliver(paid(orderId, style));
    const sent = await order.snapshotsOf(orderId);
    strictEqual(sent.length, 1);
    strictEqual(sent[0]?.broker, 'kafka');
    const { version, ...state } = (await order.view(orderId)) ?? {};
    deepStrictEqual(sent[0]?.data, { orderId, version, state });
    deepStrictEqual(await snapshotRow(orderId), { version, state });
  });
}

test('an order is the same whether its snapshot is there or not', async () => {
  const orderId = await completed();
  const fromSnapshot = await order.view(orderId);
  await order.database.query('delete from snapshots where stream_id = $1', [orderId]);
  deepStrictEqual(await order.view(orderId), fromSnapshot);
});

test('a snapshot of another release is thrown away', async () => {
  const orderId = await completed();
  const before = await order.view(orderId);
  await order.database.query(
    `update snapshots set schema_version = 0, state = '{"shape": "of old"}' where stream_id = $1`,
    [orderId],
  );
  deepStrictEqual(await order.view(orderId), before);
});

test('what comes after the end finds the order ended, and leaves no second snapshot', async () => {
  const orderId = await completed();
  await order.deliver(paid(orderId, onKafka));
  await order.deliver(message('order.expire', orderId, { orderId }, onKafka));
  strictEqual((await order.view(orderId))?.version, 3);
  strictEqual((await order.snapshotsOf(orderId)).length, 1);
});

const archive = (afterDays: number) =>
  createArchiveOrders({
    database: order.database,
    tokens: paymentTokens,
    send: order.send,
    afterDays,
    newId: randomUUID,
    onArchived: () => {},
    pause: async () => {},
  })();

test('an order that ended long ago is archived once: Kafka is told to forget it, its story stays', async () => {
  await order.database.query('truncate snapshots');
  const [old, young] = [await completed(onRabbit), await completed()];
  await order.database.query(
    `update snapshots set taken_at = now() - interval '91 days' where stream_id = $1`,
    [old],
  );
  for (const orderId of [old, young]) await paymentTokens.keep(order.database, orderId, 'tok_approved');
  const before = await order.view(old);
  strictEqual(await archive(90), 1);
  strictEqual(await archive(90), 0);

  const [snapshot, tombstone, ...more] = await order.snapshotsOf(old);
  deepStrictEqual([snapshot?.broker, tombstone?.broker, more], ['kafka', 'kafka', []]);
  ok(snapshot?.data !== null);
  strictEqual(tombstone?.data, null);
  strictEqual(await snapshotRow(old), undefined);
  deepStrictEqual(await order.view(old), before);
  strictEqual(await paymentTokens.find(order.database, old), undefined);

  ok(await snapshotRow(young));
  ok(await paymentTokens.find(order.database, young));
  strictEqual((await order.snapshotsOf(young)).length, 1);
});
