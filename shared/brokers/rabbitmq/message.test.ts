import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsumeMessage } from 'amqplib';
import type { OutgoingMessage } from '../port.ts';
import { idOf, toDelivery, toProperties } from './message.ts';

const outgoing: OutgoingMessage = {
  address: { channel: 'events', key: 'order.created' },
  orderingKey: 'order-1',
  attributes: { id: 'm-1', type: 'order.created', time: '2026-11-23T10:11:12.345Z', correlationid: 'c-1' },
  body: Buffer.from('{}'),
};

function arrived(properties: Partial<ConsumeMessage['properties']>): ConsumeMessage {
  return {
    content: Buffer.from('hello'),
    fields: { deliveryTag: 1, redelivered: false, exchange: 'events', routingKey: 'key', consumerTag: 'c' },
    properties: properties as ConsumeMessage['properties'],
  };
}

test('attributes travel as headers and, where AMQP has one, as the natural property', () => {
  assert.deepEqual(toProperties(outgoing), {
    messageId: 'm-1',
    type: 'order.created',
    timestamp: 1795428672,
    contentType: 'application/json',
    correlationId: 'c-1',
    persistent: true,
    mandatory: true,
    headers: {
      'cloudEvents:specversion': '1.0',
      'cloudEvents:id': 'm-1',
      'cloudEvents:type': 'order.created',
      'cloudEvents:time': '2026-11-23T10:11:12.345Z',
      'cloudEvents:correlationid': 'c-1',
    },
  });
});

test('on a question the correlation id is the ticket, and the message may be lost', () => {
  const reply = { replyTo: 'inbox', correlationId: 'q-1' };
  const properties = toProperties({ ...outgoing, reply, transient: true });
  assert.equal(properties.replyTo, 'inbox');
  assert.equal(properties.correlationId, 'q-1');
  assert.equal(properties.persistent, false);
});

test('the version of CloudEvents is no attribute of the message', () => {
  const headers = { 'cloudEvents:specversion': '1.0', 'cloudEvents:id': 'm-1' };
  const delivery = toDelivery(arrived({ headers }), 'queue');
  assert.deepEqual([delivery.attributes, delivery.headers], [{ id: 'm-1' }, {}]);
});

test('attributes with the other prefix that CloudEvents knows are read as well', () => {
  const headers = { cloudEvents_specversion: '1.0', cloudEvents_id: 'm-1', note: 'own' };
  const delivery = toDelivery(arrived({ headers }), 'queue');
  assert.deepEqual([delivery.attributes, delivery.headers], [{ id: 'm-1' }, { note: 'own' }]);
});

test('a message sent by hand is delivered with what its properties tell', () => {
  const { attributes, headers, reply } = toDelivery(
    arrived({
      messageId: 'm-2',
      type: 'greeting',
      timestamp: 1_000,
      correlationId: 'c-2',
      headers: { n: 1 },
    }),
    'queue',
  );
  assert.deepEqual(attributes, {
    id: 'm-2',
    type: 'greeting',
    time: '1970-01-01T00:16:40.000Z',
    correlationid: 'c-2',
  });
  assert.deepEqual(headers, { n: '1' });
  assert.equal(reply, undefined);
});

test('what is too long for a property travels in its header only', () => {
  const long = 'ü'.repeat(128); // 256 bytes
  const attributes = { id: long, type: long, correlationid: long };
  const properties = toProperties({ ...outgoing, attributes });
  assert.deepEqual(
    [properties.messageId, properties.type, properties.correlationId],
    [undefined, undefined, undefined],
  );
  assert.equal(idOf(properties), long);
  assert.equal(toDelivery(arrived(properties), 'queue').attributes.correlationid, long);

  const reply = { replyTo: long, correlationId: long };
  const question = toProperties({ ...outgoing, attributes, reply });
  assert.deepEqual([question.replyTo, question.correlationId], [undefined, undefined]);
  assert.equal(toProperties({ ...outgoing, attributes: { id: long.slice(1) } }).messageId, long.slice(1));
});

test('a time that AMQP cannot tell travels in its header only', () => {
  const attributes = { time: '1969-07-20T20:17:00Z' };
  assert.equal(toProperties({ ...outgoing, attributes }).timestamp, undefined);
});

test('a timestamp that is no time is as good as none', () => {
  for (const timestamp of [1.7e15, 1.7e18, Number.MAX_VALUE]) {
    assert.deepEqual(toDelivery(arrived({ messageId: 'm-3', timestamp }), 'queue').attributes, { id: 'm-3' });
  }
});

test('a message without anything is delivered', () => {
  assert.deepEqual(toDelivery(arrived({}), 'queue'), {
    attributes: {},
    headers: {},
    body: Buffer.from('hello'),
    origin: { broker: 'rabbitmq', channel: 'queue', address: { channel: 'events', key: 'key' } },
    redelivered: false,
  });
});

test('a dead-lettered message still tells where it was first sent', () => {
  const death = (exchange: string, key: string) => ({ exchange, 'routing-keys': [key] });
  const deaths = [death('', 'queue.retry.5s'), death('events', 'order.created')];
  const { origin } = toDelivery(arrived({ headers: { 'x-death': deaths as never } }), 'queue.dead');
  assert.deepEqual(origin.address, { channel: 'events', key: 'order.created' });
});

test('a message tells the priority that it was sent with', () => {
  assert.equal(toProperties({ ...outgoing, priority: 10 }).priority, 10);
  assert.equal(toDelivery(arrived({ priority: 10 }), 'queue').priority, 10);
  assert.equal(toDelivery(arrived({ priority: 0 }), 'queue').priority, 0);
  assert.ok(!('priority' in toDelivery(arrived({ priority: undefined }), 'queue')));
});

test("RabbitMQ's own notes are delivered, and never sent back to it", () => {
  const notes = {
    'x-death': [{ exchange: '', 'routing-keys': ['delay.300'], count: 1 }],
    'x-first-death-queue': 'delay.300',
    'x-first-death-reason': 'expired',
    'x-first-death-exchange': '',
    'x-last-death-queue': 'delay.300',
    'x-delivery-count': 2,
    'x-acquired-count': 2,
    'x-opt-deaths': 1,
    'x-invalid-headers': {},
  };
  const { headers } = toDelivery(arrived({ headers: { ...notes, 'x-why': 'because' } as never }), 'queue');
  assert.deepEqual(Object.keys(headers).toSorted(), [...Object.keys(notes), 'x-why'].toSorted());
  const own = { 'x-why': 'because', 'x-deaths': '3' };
  const sent = toProperties({ ...outgoing, attributes: {}, headers: { ...headers, ...own } });
  assert.deepEqual(sent.headers, { ...own, 'cloudEvents:specversion': '1.0' });
});
