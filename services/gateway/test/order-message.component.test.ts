import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { JournalEntry } from '@conveyor/contracts/messages';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import { entriesAfter } from '../src/adapters/journal.ts';
import { addOrderMessageRoute } from '../src/adapters/order-message.ts';
import { entry, recorded, startGateway } from './gateway.ts';

let gateway: Awaited<ReturnType<typeof startGateway>>;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway?.stop());

async function ask(orderId: string, messageId: string) {
  const http = createHttp(createLogger('gateway', 'silent'));
  addOrderMessageRoute(http, gateway.database);
  const answer = await http.inject(`/api/orders/${orderId}/messages/${messageId}`);
  return { status: answer.statusCode, type: String(answer.headers['content-type']), body: answer.json() };
}

const message = (id: string, data: unknown = { version: 2 }) => ({
  attributes: { id, type: 'order.reserved' },
  data,
});

/** Records that a message was published on each of the brokers; answers the order. */
async function publish(
  messageId: string,
  brokers: readonly NonNullable<JournalEntry['broker']>[] = ['kafka'],
): Promise<string> {
  const orderId = randomUUID();
  gateway.known.orders.set(orderId, {
    orderId,
    saga: 'choreography',
    status: 'pending',
    updatedAt: new Date().toISOString(),
  });
  const published = brokers.map((broker) =>
    entry(orderId, 'published', { messageId, broker, message: message(messageId) }),
  );
  await gateway.deliver(recorded([...published, entry(orderId, 'received', { messageId })]));
  return orderId;
}

test('a message is shown as it was published, once, though it went to both brokers', async () => {
  const messageId = randomUUID();
  const orderId = await publish(messageId, ['rabbitmq', 'kafka']);
  const { status, body } = await ask(orderId, messageId);
  strictEqual(status, 200);
  deepStrictEqual(body, { envelope: { id: messageId, type: 'order.reserved' }, data: { version: 2 } });
});

test('whatever the body is, it is shown as that', async () => {
  for (const data of [null, 'text', 5, [1, { a: [] }], {}]) {
    const [orderId, messageId] = [randomUUID(), randomUUID()];
    await gateway.deliver(
      recorded([entry(orderId, 'published', { messageId, message: message(messageId, data) })]),
    );
    deepStrictEqual((await ask(orderId, messageId)).body.data, data);
  }
});

test('a message that is not recorded is unknown, and so is that of another order', async () => {
  const messageId = randomUUID();
  const orderId = await publish(messageId);
  const bare = randomUUID();
  await gateway.deliver(recorded([entry(bare, 'published', { messageId })]));
  for (const [order, id] of [
    [orderId, randomUUID()],
    [randomUUID(), messageId],
    [bare, messageId],
    ['x', messageId],
    [orderId, '%00'],
  ] as const) {
    const { status, type, body } = await ask(order, id);
    strictEqual(status, 404, `${order} ${id}`);
    ok(type.startsWith('application/problem+json'));
    strictEqual(body.field, 'messageId');
  }
});

test('timeline and stream stay slim', async () => {
  const messageId = randomUUID();
  const orderId = await publish(messageId);
  const { body } = await gateway.timeline(orderId);
  strictEqual(body.entries.length, 2);
  ok(!JSON.stringify(body).includes('attributes'));
  const entries = await entriesAfter(gateway.database, 0, 10_000);
  ok(entries.some(({ entry: { orderId: id } }) => id === orderId));
  ok(!JSON.stringify(entries).includes('attributes'));
});
