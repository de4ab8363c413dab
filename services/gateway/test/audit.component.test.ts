import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { newMessageId } from '@conveyor/brokers';
import { dataschemaOf } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { startGateway } from './gateway.ts';

let gateway: Awaited<ReturnType<typeof startGateway>>;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway?.stop());

function reserved(): Message<'order.reserved'> {
  const [id, orderId] = [newMessageId(), randomUUID()];
  const envelope = {
    id,
    type: 'order.reserved',
    source: '/order',
    subject: orderId,
    time: '2026-11-02T08:00:00.000Z',
    dataschema: dataschemaOf('order.reserved'),
    correlationid: 'a-story',
    causationid: newMessageId(),
    traceparent: newTraceparent(),
    saga: 'choreography',
    broker: 'kafka',
  };
  return { id, type: 'order.reserved', envelope, data: { orderId, version: 2 } } as Message<'order.reserved'>;
}

async function kept({ id }: Message) {
  const { rows } = await gateway.database.query(
    `select message_id, type, subject, source, correlation_id, causation_id, saga, broker, written_at, data
     from audit where message_id = $1`,
    [id],
  );
  return rows;
}

test('an event is kept once, as it was heard, whatever has become of the inbox', async () => {
  const message = reserved();
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
