import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerName } from '@conveyor/brokers';
import { examples } from '@conveyor/contracts/messages';
import { toOutboxRows } from './outgoing.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const sender = { service: 'order', delays: { orderExpiresAfterMs: 2_000 } };
const orderId = '0193f5d0-0000-7000-8000-000000000001';

const cause = (broker: BrokerName) => ({
  correlationid: orderId,
  traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
  broker,
});

test('a message that is to wait goes where it waits, on the broker of its order, and says when it is due', () => {
  const draft = { type: 'order.expire', subject: orderId, data: { orderId } } as const;
  const sent = (['rabbitmq', 'kafka'] as const).map((broker) =>
    toOutboxRows(sender, cause(broker), [draft], now).map(({ broker, message }) => ({
      broker,
      address: message.address,
      headers: message.headers,
      body: JSON.parse(message.body.toString()),
    })),
  );
  const [headers, body] = [{ due: String(now.getTime() + 2_000) }, { orderId }];
  deepStrictEqual(sent, [
    [{ broker: 'rabbitmq', address: { channel: '', key: 'order.expiry.delay.2000' }, headers, body }],
    [{ broker: 'kafka', address: { channel: 'order-expiry-delay-2000', key: orderId }, headers, body }],
  ]);
});

test('a message that waits for nothing says nothing of being due', () => {
  const draft = { type: 'order.complete', subject: orderId, data: { orderId } } as const;
  const rows = toOutboxRows(sender, cause('kafka'), [draft], now);
  deepStrictEqual(
    rows.map(({ message }) => [message.address.channel, message.headers]),
    [['order-commands', undefined]],
  );
});

test('a message says which version its body is, and from which version on readers can take it', () => {
  for (const [currency, readableby] of [
    ['EUR', '1'],
    ['GBP', undefined],
  ] as const) {
    const [example] = examples['order.created'];
    if (!example) throw new Error('there is no example');
    const data = { ...example, total: { amount: 1_900, currency } };
    const [row] = toOutboxRows(
      sender,
      cause('kafka'),
      [{ type: 'order.created', subject: orderId, data }],
      now,
    );
    const { dataschema, readableby: said } = row?.message.attributes ?? {};
    deepStrictEqual([dataschema, said], ['urn:conveyor:order.created:2', readableby]);
  }
});
