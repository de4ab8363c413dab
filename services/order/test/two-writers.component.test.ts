import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { readStream } from '@conveyor/patterns/event-sourcing/event-store';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { loadOrder, saveOrder } from '../src/handlers/order-stream.ts';
import { message, paid, reserved, type Style, startOrder } from './order.ts';

let order: Awaited<ReturnType<typeof startOrder>>;
before(async () => {
  order = await startOrder();
});
after(() => order?.stop());

const conducted: Style = { saga: 'orchestration', broker: 'kafka' };

async function cancel(orderId: string): Promise<number> {
  const { statusCode } = await order.http.inject({ method: 'POST', url: `/api/orders/${orderId}/cancel` });
  return statusCode;
}

async function stream(orderId: string) {
  const { events } = await readStream(order.database, orderId);
  deepStrictEqual(
    events.map(({ version }) => version),
    events.map((_, index) => index + 1),
    'versions without a gap',
  );
  return events;
}

test('whoever comes second waits, sees what the first one did, and decides on that', async () => {
  const orderId = await order.place(conducted);
  const hasWritten = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const first = order.database.transaction(async (tx) => {
    const loaded = await loadOrder(tx, orderId);
    const cause = { correlationid: orderId, traceparent: newTraceparent() };
    await saveOrder(tx, orderId, loaded, [{ type: 'order.reserved', data: { orderId } }], cause);
    hasWritten.resolve();
    await mayCommit.promise;
  });
  await hasWritten.promise;
  const second = order.deliver(reserved(orderId, conducted));
  const third = cancel(orderId);
  await order.blocked(2);
  mayCommit.resolve();
  await first;
  await second;
  strictEqual(await third, 202);
  deepStrictEqual(
    (await stream(orderId)).map(({ type }) => type),
    ['order.created', 'order.reserved', 'order.cancel-requested'],
  );
});

test('many writers of one order, by message and by request: no event is lost, none is there twice, and each is told', async () => {
  await Promise.all(
    Array.from({ length: 15 }, async () => {
      const orderId = await order.place(conducted);
      const complete = message('order.complete', orderId, { orderId }, conducted);
      const messages: readonly Message[] = [reserved(orderId, conducted), paid(orderId, conducted), complete];
      const [statuses] = await Promise.all([
        Promise.all([cancel(orderId), cancel(orderId)]),
        // Each twice, as a broker may deliver them.
        ...[...messages, ...messages].map((each) => order.deliver(each)),
      ]);

      const events = await stream(orderId);
      const types = events.map(({ type }) => type);
      strictEqual(new Set(types).size, types.length, types.join());
      const wasCancelled = types.includes('order.cancel-requested');
      ok(types.includes('order.paid'));
      ok(types.includes(wasCancelled ? 'order.completion-refused' : 'order.completed'), types.join());
      deepStrictEqual(statuses, wasCancelled ? [202, 202] : [409, 409]);

      const told = await order.sentAbout(orderId, conducted);
      deepStrictEqual(
        told.map(({ type, data }) => [type, (data as { version: number }).version]),
        events.slice(1).map(({ type, version }) => [type, version]),
      );
    }),
  );
});
