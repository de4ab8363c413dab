import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { serviceNames } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import { type Combination, combinations } from './combinations.ts';
import { metricsIn, metricsOfTable } from './metric-table.ts';
import { running, runningTraces } from './running-system.ts';
import { drawn, missingPaths, orphans, roots, type Step } from './trace.ts';
import type { ReceivedSpan } from './trace-receiver.ts';

const request: readonly Step[] = ['gateway: POST /api/orders', 'order: POST /api/orders'];

/** What the order service does with a request, whatever the style. */
const asked: readonly (readonly Step[])[] = [
  [...request, 'order: publish inventory.quote'],
  [...request, 'inventory: handle inventory.quote', 'inventory: publish inventory.quoted'],
  [...request, 'order: transaction', 'order: INSERT streams'],
  [...request, 'order: transaction', 'order: INSERT outbox'],
  [...request, 'order: transaction', 'order: COMMIT'],
  [...request, 'order: publish order.created'],
  [...request, 'order: publish order.expire'],
  [...request, 'gateway: handle order.created'],
  // It is always the first in its batch, and there is no other order.
  [...request, 'order-query: index order.created', 'order-query: index batch', 'order-query: bulk'],
];

/** From the order that inventory takes a message until it has been paid; `reserve` and `charge` are how it comes to them. */
function path(reserve: readonly Step[], charge: readonly Step[]): readonly (readonly Step[])[] {
  const reserved: readonly Step[] = [...request, ...reserve];
  const charged: readonly Step[] = [...reserved, ...charge];
  return [
    [...reserved, 'inventory: transaction', 'inventory: INSERT inbox'],
    [...reserved, 'inventory: publish inventory.reserved'],
    [...reserved, 'order: handle inventory.reserved', 'order: publish order.reserved'],
    [...reserved, 'order: handle inventory.reserved', 'order-query: index order.reserved'],
    [...charged, 'payment: GET', 'order: GET /internal/orders/:id/payment-token'],
    [...charged, 'payment: POST', 'sandbox: POST /charges', 'sandbox: transaction'],
    [...charged, 'payment: publish payment.completed'],
    [...charged, 'order: handle payment.completed', 'order: publish order.paid'],
  ];
}

/** What a completed order leads to; `completed` is what completes it. */
function ending(completed: readonly Step[]): readonly (readonly Step[])[] {
  const told: readonly Step[] = [...completed, 'notification: handle order.completed'];
  return [
    [...completed, 'order: publish order.completed'],
    [...completed, 'inventory: handle order.completed'],
    [...told, 'notification: publish notification.requested'],
    [...told, 'notification: handle notification.requested', 'notification: send mail'],
    [...told, 'notification: handle notification.requested', 'notification: POST', 'sandbox: POST /sms'],
    [...told, 'notification: handle notification.requested', 'notification: publish notification.delivered'],
    [...completed, 'order-query: index order.completed'],
  ];
}

function choreography(): readonly (readonly Step[])[] {
  const reserve: readonly Step[] = ['inventory: handle order.created'];
  const charge: readonly Step[] = ['payment: handle inventory.reserved', 'payment: handle payment.charge'];
  return [
    ...path(reserve, charge),
    ...ending([...request, ...reserve, ...charge, 'order: handle payment.completed']),
  ];
}

function orchestration(): readonly (readonly Step[])[] {
  const reserve: readonly Step[] = [
    'order-saga: handle order.created',
    'inventory: handle inventory.reserve',
  ];
  const charge: readonly Step[] = ['order-saga: handle inventory.reserved', 'payment: handle payment.charge'];
  const complete: readonly Step[] = ['order-saga: handle payment.completed', 'order: handle order.complete'];
  return [...path(reserve, charge), ...ending([...request, ...reserve, ...charge, ...complete])];
}

const expected = {
  choreography: [...asked, ...choreography()],
  orchestration: [...asked, ...orchestration()],
};

const spansOf = (traceId: string) => runningTraces().spans.filter((span) => span.traceId === traceId);

/** Places an order and answers its id and the spans of its trace, once they are all there. */
async function traceOf(combination: Combination) {
  const { status, headers, body } = await running().place({
    customerId: 'ada',
    items: [{ sku: 'mug', quantity: 1 }],
    ...combination,
  });
  strictEqual(status, 202, JSON.stringify(body));
  const [, traceId = ''] = headers.get('traceparent')?.split('-') ?? [];
  strictEqual((await running().final(body.orderId)).status, 'completed');
  await eventually(
    () => {
      const spans = spansOf(traceId);
      const missing = missingPaths(spans, expected[combination.saga]);
      deepStrictEqual(
        { missing, orphans: orphans(spans) },
        { missing: [], orphans: [] },
        `\n${drawn(spans)}`,
      );
    },
    { timeoutMs: 30_000 },
  );
  return { ...body, spans: spansOf(traceId) };
}

test('an order is one trace, from the request to the search index', {
  timeout: 240_000,
}, async (t: TestContext) => {
  // One after the other, so that the batches of the read side are those of one order.
  for (const combination of combinations) {
    await t.test(`${combination.saga} on ${combination.broker}`, async () => {
      const { orderId, correlationId, spans } = await traceOf(combination);
      deepStrictEqual(roots(spans), ['gateway: POST /api/orders']);

      const messages = spans.filter(({ kind }) => kind === 'producer' || kind === 'consumer');
      for (const { name, attributes } of messages) {
        ok(['kafka', 'rabbitmq'].includes(String(attributes['messaging.system'])), name);
        ok(['send', 'process'].includes(String(attributes['messaging.operation.type'])), name);
        ok(attributes['messaging.destination.name'], name);
        ok(attributes['messaging.message.id'], name);
        strictEqual(attributes['correlation_id'], correlationId, name);
        if (!name.includes('inventory.quote')) strictEqual(attributes['order_id'], orderId, name);
      }
      const handled = messages.filter(({ name }) => name === 'handle payment.completed');
      deepStrictEqual(
        new Set(handled.map(({ attributes }) => attributes['messaging.system'])),
        new Set([combination.broker]),
      );
      const [request] = spans.filter(({ service, kind }) => service === 'gateway' && kind === 'server');
      deepStrictEqual(
        [request?.attributes['order_id'], request?.attributes['http.response.status_code']].map(String),
        [orderId, '202'],
      );
      for (const { attributes } of spans.filter(({ name }) => name === 'INSERT outbox'))
        strictEqual(attributes['db.system.name'], 'postgresql');
    });
  }
});

test('what serves many traces at once has a link to each of them', { timeout: 120_000 }, async () => {
  const { spans } = runningTraces();
  const earlier = spans.length;
  const orders = await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      running().place({
        customerId: 'ada',
        items: [{ sku: 'mug', quantity: 1 }],
        broker: n % 2 ? 'kafka' : 'rabbitmq',
      }),
    ),
  );
  await Promise.all(orders.map(({ body }) => running().final(body.orderId, 60_000)));
  const batch = (name: string): ReceivedSpan | undefined =>
    spans
      .slice(earlier)
      .find((span) => span.name === name && new Set(span.links.map(({ traceId }) => traceId)).size > 1);
  await eventually(
    () => {
      for (const name of ['publish batch', 'shared transaction', 'index batch']) {
        const shared = batch(name);
        ok(shared, `no ${name} serves several traces`);
        strictEqual(shared.parentSpanId, undefined, `${name} stands in the trace of one of them`);
        for (const { spanId } of shared.links)
          ok(
            spans.some((span) => span.spanId === spanId),
            `${name} has a link that leads nowhere`,
          );
      }
    },
    { timeoutMs: 30_000 },
  );
});

test('each metric of the table is there, with the labels that it names, and no other', async () => {
  const readme = await readFile(new URL('../observability/README.md', import.meta.url), 'utf8');
  const texts = await Promise.all(
    serviceNames.map(async (name) =>
      (await fetch(`http://127.0.0.1:${running().stack.ports[name]}/metrics`)).text(),
    ),
  );
  deepStrictEqual(metricsIn(texts.join('\n')), metricsOfTable(readme));
});
