import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { orderMessage } from '@conveyor/testing/order-message';
import { startGateway } from './gateway.ts';

let gateway: Awaited<ReturnType<typeof startGateway>>;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway?.stop());

async function kept({ id }: Message) {
  const { rows } = await gateway.database.query(
    `select message_id, type, subject, source, correlation_id, causation_id, saga, broker, written_at, data
     from audit where message_id = $1`,
    [id],
  );
  return rows;
}

test('an event is kept once, as it was heard, whatever has become of the inbox', async () => {
  const orderId = randomUUID();
  const message = orderMessage(
    'order.reserved',
    orderId,
    { orderId, version: 2 },
    { causationid: randomUUID() },
  );
  const { envelope, data } = message;
  strictEqual(await gateway.deliver(message), 'handled');
  strictEqual(await gateway.deliver(message), 'duplicate');
  await gateway.database.query('delete from inbox where message_id = $1', [message.id]);
  strictEqual(await gateway.deliver(message), 'handled');
  deepStrictEqual(await kept(message), [
    {
      message_id: message.id,
      type: envelope.type,
      subject: envelope.subject,
      source: envelope.source,
      correlation_id: envelope.correlationid,
      causation_id: envelope.causationid,
      saga: envelope.saga,
      broker: envelope.broker,
      written_at: new Date(envelope.time),
      data,
    },
  ]);
});
