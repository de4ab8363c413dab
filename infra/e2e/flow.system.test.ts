import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { FlowNode, OrderMessage, Timeline } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import { brokers } from './combinations.ts';
import { isForLater } from './for-later.ts';
import { running } from './running-system.ts';

const patient = { timeoutMs: 60_000 };

async function nodes(): Promise<readonly FlowNode[]> {
  return (await running().call<{ nodes: FlowNode[] }>('GET', '/api/flow')).body.nodes;
}

/** Where the work of a consumer waits, on RabbitMQ and on Kafka. */
async function placesOf(
  consumer: string,
): Promise<readonly (readonly [number | undefined, boolean | undefined])[]> {
  const all = await nodes();
  return ['queue', 'group'].map((kind) => {
    const place = all.find((node) => node.kind === kind && node.name === consumer);
    return [place?.waiting, place?.paused] as const;
  });
}

async function setPaused(consumer: string, paused: boolean): Promise<void> {
  const { status, body } = await running().call('PUT', `/api/consumers/${consumer}`, {
    admin: true,
    body: { paused },
  });
  deepStrictEqual([status, body], [200, { consumer, paused }]);
}

const place = async (broker: string, count: number) =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const items = [{ sku: 'mug', quantity: 1 }];
      return (await running().place({ customerId: 'ada', items, broker })).body.orderId;
    }),
  );

test('at rest everything is measured, and nothing waits', async () => {
  await eventually(async () => {
    const all = await nodes();
    const places = all.filter(({ kind }) => kind === 'queue' || kind === 'group');
    deepStrictEqual(
      places.filter(
        (place) =>
          place.waiting === undefined || (place.role === 'work' && place.waiting > 0 && !isForLater(place)),
      ),
      [],
    );
    ok(places.length > 60);
  }, patient);
});

test('while a consumer is paused its messages wait on both brokers, and are counted; then each is handled once', async () => {
  const consumer = 'inventory.events';
  await setPaused(consumer, true);
  const orders = (await Promise.all(brokers.map((broker) => place(broker, 5)))).flat();
  await eventually(async () => {
    const [queue, group] = await placesOf(consumer);
    strictEqual(queue?.[0], 5);
    // The log of all orders has the others, too.
    ok((group?.[0] ?? 0) >= 10, `${group?.[0]} wait on Kafka`);
    deepStrictEqual([queue?.[1], group?.[1]], [true, true]);
  }, patient);
  for (const orderId of orders) strictEqual((await running().order(orderId)).status, 'pending');
  strictEqual((await running().call('GET', '/api/health')).status, 200, 'paused is no fault');

  await setPaused(consumer, false);
  for (const orderId of orders) strictEqual((await running().final(orderId, 60_000)).status, 'completed');
  await eventually(async () => {
    deepStrictEqual(await placesOf(consumer), [
      [0, false],
      [0, false],
    ]);
  }, patient);
  await eventually(
    async () =>
      deepStrictEqual(findViolations(await readFacts(running().stack.env.POSTGRES_URL), orders), []),
    patient,
  );
});

test('a restart lets a paused consumer go on', async () => {
  await setPaused('payment.charge', true);
  const { payment } = running().stack.services;
  await payment.stop();
  await payment.start();
  const [orderId = ''] = await place('kafka', 1);
  strictEqual((await running().final(orderId, 60_000)).status, 'completed');
  await eventually(async () => {
    const { body } = await running().call<{ consumers: { consumer: string; paused: boolean }[] }>(
      'GET',
      '/api/consumers',
    );
    deepStrictEqual(
      body.consumers.filter(({ paused }) => paused),
      [],
    );
  }, patient);
});

test('every message of an order can be looked at, and none tells of the customer or his token', async () => {
  const customerId = `customer-${randomUUID()}`;
  const items = [{ sku: 'mug', quantity: 1 }];
  for (const broker of brokers) {
    const { body } = await running().place({ customerId, items, broker, paymentToken: 'tok_approved' });
    await running().final(body.orderId);
    const path = `/api/orders/${body.orderId}`;
    const published = await eventually(async () => {
      const timeline = await running().call<Timeline>('GET', `${path}/timeline`);
      const entries = timeline.body.entries.filter(({ kind }) => kind === 'published');
      ok(entries.some(({ type }) => type === 'notification.delivered'));
      ok(!JSON.stringify(timeline.body).includes('correlationid'));
      return entries;
    }, patient);
    for (const { messageId, type } of published) {
      const { status, body: message } = await running().call<OrderMessage>(
        'GET',
        `${path}/messages/${messageId}`,
      );
      strictEqual(status, 200, type);
      deepStrictEqual([message.envelope['id'], message.envelope['type']], [messageId, type]);
      const text = JSON.stringify(message);
      ok(!text.includes(customerId) && !text.includes('tok_'), `${type}: ${text}`);
      ok(text.includes(body.orderId));
    }
    strictEqual((await running().call('GET', `${path}/messages/${randomUUID()}`)).status, 404);
  }
});

for (const broker of brokers) {
  test(`a demo on ${broker} is played on the running servers, and heard to its end`, async () => {
    const response = await fetch(
      `http://127.0.0.1:${running().stack.ports.gateway}/api/patterns/point-to-point/demo`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${running().stack.env.ADMIN_TOKEN}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ broker }),
      },
    );
    const news = [...(await response.text()).matchAll(/^data: (.+)$/gm)].map(
      ([, data = '']) => JSON.parse(data) as { line?: string; exitCode?: number },
    );
    const lines = news.flatMap(({ line }) => line ?? []);
    deepStrictEqual(news.at(-1), { exitCode: 0 }, lines.join('\n'));
    ok(lines.includes('What you saw'), lines.join('\n'));
    ok(
      lines.every((line) => !line.includes('\u001b')),
      'colours',
    );
  });
}
