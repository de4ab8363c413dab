import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Story } from '@conveyor/patterns/correlation-tracing/story';
import { eventId } from '@conveyor/patterns/event-sourcing/event-id';
import { readStream } from '@conveyor/patterns/event-sourcing/event-store';
import { toOutboxRows } from '@conveyor/service-kit/messaging/outgoing';
import { messageOf } from '../src/handlers/order-event.ts';
import { message, type Style, startOrder } from './order.ts';

let order: Awaited<ReturnType<typeof startOrder>>;
before(async () => {
  order = await startOrder();
});
after(() => order?.stop());

const sender = { service: 'order', delays: { orderExpiresAfterMs: 300_000 } };

async function completedOrder(style: Style): Promise<string> {
  const orderId = await order.place(style);
  const amount = { amount: 1900, currency: 'EUR' } as const;
  await order.deliver(message('payment.completed', orderId, { orderId, amount }, style));
  return orderId;
}

for (const broker of ['kafka', 'rabbitmq'] as const) {
  test(`the messages of an order on ${broker} can be made again from its stored events, the same as they were sent`, async () => {
    const style: Style = { saga: 'choreography', broker };
    const orderId = await completedOrder(style);
    const sent = await order.sentAbout(orderId, style);
    const { events } = await readStream(order.database, orderId);
    const again = events.slice(1).flatMap((event) => {
      const cause = { ...(event.metadata as Story), ...style };
      return toOutboxRows(sender, cause, [messageOf(orderId, event)], new Date(0));
    });
    deepStrictEqual(
      again
        .filter((row) => row.broker === broker)
        .map((row) => [row.message.attributes, JSON.parse(String(row.message.body))]),
      sent.map(({ attributes, data }) => [attributes, data]),
    );
    deepStrictEqual(
      sent.map(({ type, attributes }) => [type, attributes['id']]),
      [
        ['order.paid', eventId('order', orderId, 2)],
        ['order.completed', eventId('order', orderId, 3)],
      ],
    );
  });
}

test('the order shows the times that its messages carry', async () => {
  const style: Style = { saga: 'choreography', broker: 'kafka' };
  const orderId = await completedOrder(style);
  const sent = await order.sentAbout(orderId, style);
  strictEqual((await order.view(orderId))?.updatedAt, sent.at(-1)?.attributes['time']);
});

test('an event that was stored without its version is given the one it had', async () => {
  const orderId = await order.place({ saga: 'choreography', broker: 'kafka' });
  await order.database.query('update events set schema_version = 1 where stream_id = $1', [orderId]);
  const migration = new URL('../migrations/002-schema-versions.sql', import.meta.url);
  await order.database.query(await readFile(migration, 'utf8'));
  const { events } = await readStream(order.database, orderId);
  deepStrictEqual(
    events.map(({ schemaVersion }) => schemaVersion),
    [2],
  );
});

for (const [what, change] of [
  ['version', 'schema_version = 99'],
  ['type', "type = 'order.teleported'"],
] as const)
  test(`an event whose ${what} only a newer release knows makes the messages of its order wait`, async () => {
    const style: Style = { saga: 'choreography', broker: 'kafka' };
    const orderId = await order.place(style);
    await order.database.query(`update events set ${change} where stream_id = $1`, [orderId]);
    const amount = { amount: 1900, currency: 'EUR' } as const;
    await rejects(order.deliver(message('payment.completed', orderId, { orderId, amount }, style)), {
      name: 'TransientFault',
      code: 'newer-release',
    });
  });
