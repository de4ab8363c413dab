import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newMessageId } from '@conveyor/brokers';
import type { DeadLetter } from './dead-letter.ts';
import { redrivenMessage, whyNotSendable } from './redriven-message.ts';

const now = new Date(1_700_000_000_000);

const letter: DeadLetter = {
  id: newMessageId(),
  consumer: 'payment.charge',
  broker: 'kafka',
  queue: 'payment.charge-dlq',
  reason: 'permanent',
  attempts: 1,
  history: [],
  origin: { broker: 'kafka', channel: 'charges', address: { channel: 'charges', key: 'the-key' } },
  attributes: { id: newMessageId(), subject: 'an-order' },
  headers: { note: 'its own' },
  body: Buffer.from('{}'),
  priority: 5,
  diedAt: now,
};

const addressOf = (...parts: readonly string[]) => ({ channel: parts.join(' '), key: '' });

test('the same message goes to whoever failed, by its own key, due at once', () => {
  assert.deepEqual(redrivenMessage(letter, addressOf, now), {
    broker: 'kafka',
    message: {
      address: { channel: 'kafka payment.charge the-key', key: '' },
      orderingKey: 'an-order',
      attributes: letter.attributes,
      headers: { note: 'its own', due: '1700000000000' },
      body: letter.body,
      priority: 5,
    },
  });
});

test('without a subject its key keeps its order', () => {
  const { id = '' } = letter.attributes;
  const { message } = redrivenMessage({ ...letter, attributes: { id } }, addressOf, now);
  assert.equal(message.orderingKey, 'the-key');
});

test('a message that no outbox can hold is not sent', () => {
  assert.equal(whyNotSendable(letter, letter.diedAt), undefined);
  const { id = '' } = letter.attributes;
  const odd: readonly Partial<DeadLetter>[] = [
    { attributes: {} },
    { attributes: { id: 'no uuid' } },
    { attributes: { id, type: 'a\0b' } },
    { headers: { note: '\0' } },
    { headers: { 'a\0': 'b' } },
    { origin: { ...letter.origin, address: { channel: 'charges', key: '\0' } } },
  ];
  for (const more of odd) assert.equal(whyNotSendable({ ...letter, ...more }, letter.diedAt)?.path, '/id');
});

test('a message that was given up long ago is not sent: its inbox row may be gone', () => {
  const days = (count: number) => new Date(letter.diedAt.getTime() + count * 24 * 3_600_000);
  assert.equal(whyNotSendable(letter, days(89)), undefined);
  assert.match(whyNotSendable(letter, days(91))?.detail ?? '', /90 days/);
});
