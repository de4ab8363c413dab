import { deepStrictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { type Delivery, newMessageId, writeEnvelope } from '@conveyor/brokers';
import { examples } from '@conveyor/contracts/messages';
import { PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { readDelivery } from './read-delivery.ts';
import { on } from './subscription.ts';

const subscriptions = [
  on('order.created', { consumer: 'inventory.events', retry: 'ladder', handle: async () => [] }),
];

const [created] = examples['order.created'];

function delivery(version: number, body: unknown, readableby?: string): Delivery {
  const id = newMessageId();
  return {
    attributes: writeEnvelope({
      id,
      type: 'order.created',
      source: '/order',
      subject: id,
      time: '2026-11-23T12:00:00.000Z',
      dataschema: `urn:conveyor:order.created:${version}`,
      ...(readableby && { readableby }),
      correlationid: id,
      traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
    }),
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
    origin: {
      broker: 'rabbitmq',
      channel: 'inventory.events',
      address: { channel: 'events', key: 'order.created' },
    },
    redelivered: false,
  };
}

const dataOf = (message: Delivery) => readDelivery(subscriptions, message).message.data;

test('a handler is handed the version of today, whichever was sent', () => {
  deepStrictEqual(dataOf(delivery(2, created)), created);
  deepStrictEqual(dataOf(delivery(1, { ...created, total: { amount: 1_900 } })), created);
});

test('a version from the future is a permanent fault, so it becomes a dead letter and is never acknowledged unseen', () => {
  const fault = { name: PermanentFault.name, code: 'unknown-version' };
  throws(() => dataOf(delivery(3, created)), fault);
  throws(() => dataOf(delivery(4, created, '3')), fault);
});

test('unless it says that readers of today can take it', () => {
  deepStrictEqual(dataOf(delivery(3, created, '2')), created);
});
