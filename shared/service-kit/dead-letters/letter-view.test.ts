import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { DeadLetter } from '@conveyor/patterns/dead-letter-queue/dead-letter';
import { buildLetter } from '@conveyor/patterns/dead-letter-queue/letter.fixture';
import { bodyView, letterView, listedView } from './letter-view.ts';

const view = (more: Partial<DeadLetter> = {}) =>
  letterView('payment', { ...buildLetter(more), status: 'waiting' });

test('a letter is shown with cause, attempts, origin, headers and payload', () => {
  const letter = buildLetter();
  const { id, subject } = letter.attributes;
  deepStrictEqual(letterView('payment', { ...letter, status: 'waiting' }), {
    id: `payment.${letter.id}`,
    service: 'payment',
    consumer: 'payment.charge',
    queue: 'payment.charge.dead',
    broker: 'rabbitmq',
    messageId: id,
    type: 'payment.charge',
    subject,
    orderId: subject,
    reason: 'attempts-exhausted',
    cause: {
      reason: 'attempts-exhausted',
      error: 'provider-away: no answer',
      code: 'provider-away',
      stackHash: '0123456789abcdef',
    },
    attempts: 4,
    history: [{ at: '2026-11-01T12:00:00.000Z', error: 'provider-away' }],
    origin: { ...letter.origin, exchange: 'commands', routingKey: 'payment.charge' },
    attributes: letter.attributes,
    headers: { note: 'its own' },
    payload: { amount: 1 },
    diedAt: '2026-11-01T12:00:00.000Z',
    status: 'waiting',
  });
});

test('what came by Kafka has its place there', () => {
  const place = {
    broker: 'kafka',
    channel: 'charges',
    address: { channel: 'charges', key: 'k' },
    position: '3:9007199254740993',
  } as const;
  deepStrictEqual(view({ origin: place }).origin, {
    ...place,
    topic: 'charges',
    partition: 3,
    offset: '9007199254740993',
    key: 'k',
  });
  deepStrictEqual(view({ origin: { ...place, position: 'odd' } }).origin, {
    ...place,
    position: 'odd',
    topic: 'charges',
    key: 'k',
  });
});

test('what a message does not say is not shown', () => {
  const { messageId, type, subject, orderId } = view({ attributes: { id: '17', subject: 'a-sku' } });
  deepStrictEqual([messageId, type, subject, orderId], [undefined, undefined, 'a-sku', undefined]);
  strictEqual(view({ error: 'no code: at all' }).cause.code, undefined);
});

test('a payload is JSON, else text, else bytes; of JSON the text is known as well', () => {
  deepStrictEqual(bodyView(Buffer.from(' {"a": 12345678901234567890}')), {
    payload: { a: 12345678901234567000 },
    payloadText: ' {"a": 12345678901234567890}',
  });
  deepStrictEqual(bodyView(Buffer.from('{ not json')), { payload: '{ not json' });
  deepStrictEqual(bodyView(Buffer.alloc(0)), { payload: '' });
  deepStrictEqual(bodyView(Buffer.from([0xff, 0x00])), { payload: '/wA=', encoding: 'base64' });
});

test('JSON that is nested so deeply that nobody could write it again is text', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  deepStrictEqual(bodyView(Buffer.from(deep)), { payload: deep });
});

test('among others a letter is shown with its payload, unless that is large', () => {
  const listed = (text: string) =>
    listedView('payment', { ...buildLetter({ body: Buffer.from(JSON.stringify(text)) }), status: 'waiting' });
  strictEqual(listed('short').payload, 'short');
  const { payload, payloadBytes } = listed('x'.repeat(20_000));
  deepStrictEqual([payload, payloadBytes], [undefined, 20_002]);
});
