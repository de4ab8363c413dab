import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attributes, type Delivery, isUuid, newMessageId, type Origin } from '@conveyor/brokers';
import { dueAfter } from '@conveyor/patterns/delayed-queue/delayed-queue';
import { accountHeaders, accountOfDeath, accountOfRetry } from './account.ts';
import { toDeadLetter } from './dead-letter.ts';
import { PermanentFault, TransientFault } from './failure.ts';
import { letterIdOf } from './letter-id.ts';

const now = new Date('2026-11-01T12:00:00.000Z');
const attributes: Attributes = { id: newMessageId(), type: 'payment.charge', subject: 'an-order' };
const body = Buffer.from('{"amount":1}');

const work: Origin = {
  broker: 'kafka',
  channel: 'payment-charge-high',
  address: { channel: 'payment-charge-high', key: 'an-order' },
  position: '3:77',
};
const deadTopic: Origin = {
  broker: 'kafka',
  channel: 'payment.charge-dlq',
  address: { channel: 'payment.charge-dlq', key: 'an-order' },
  position: '0:5',
  storedAt: now.getTime(),
};
const deadQueue: Origin = {
  broker: 'rabbitmq',
  channel: 'payment.charge.dead',
  address: { channel: 'commands', key: 'payment.charge' },
};

function deliveryFrom(origin: Origin, headers: Attributes = {}, more: Partial<Delivery> = {}): Delivery {
  return { attributes, headers, body, origin, redelivered: false, ...more };
}

test('a letter is the message as it came, and the account of what happened to it', () => {
  const first = deliveryFrom(work, { note: 'its own' });
  const tried = new TransientFault('provider-away', 'no answer');
  const retried = deliveryFrom(
    { ...work, channel: 'payment.charge-retry-1000' },
    { note: 'its own', due: '1', ...accountOfRetry(first, tried, 2, new Date('2026-11-01T11:59:00.000Z')) },
  );
  const id = newMessageId();
  const failure = { reason: 'attempts-exhausted', error: tried, attempts: 2 } as const;
  const account = accountOfDeath(retried, failure, 'payment.charge', id, now);

  const letter = toDeadLetter(
    deliveryFrom(deadTopic, { note: 'its own', ...account }, { priority: 10 }),
    new Date(),
  );
  const { stackHash, ...rest } = letter;
  assert.match(stackHash ?? '', /^[0-9a-f]{16}$/);
  assert.deepEqual(rest, {
    id,
    consumer: 'payment.charge',
    broker: 'kafka',
    queue: 'payment.charge-dlq',
    reason: 'attempts-exhausted',
    error: 'provider-away: no answer',
    attempts: 2,
    history: [
      { at: '2026-11-01T11:59:00.000Z', error: 'provider-away' },
      { at: now.toISOString(), error: 'provider-away' },
    ],
    origin: work,
    attributes,
    headers: { note: 'its own' },
    body,
    priority: 10,
    diedAt: now,
  });
});

test('of what RabbitMQ set aside by itself it says why, in its newest entry of that queue', () => {
  const deaths = [
    { queue: 'another', reason: 'maxlen' },
    {
      queue: 'payment.charge',
      reason: 'delivery_limit',
      time: { '!': 'timestamp', value: now.getTime() / 1_000 },
    },
    { queue: 'payment.charge', reason: 'rejected' },
  ];
  const headers = { 'x-death': JSON.stringify(deaths) };
  const letter = toDeadLetter(deliveryFrom(deadQueue, headers), new Date());
  assert.ok(isUuid(letter.id));
  assert.deepEqual(
    [letter.reason, letter.consumer, letter.queue, letter.attempts, letter.error, letter.diedAt],
    ['broker-delivery_limit', 'payment.charge', 'payment.charge.dead', 1, undefined, now],
  );
  assert.deepEqual(letter.origin, { ...deadQueue, channel: 'payment.charge' });
});

test('what RabbitMQ set aside by itself has the same id each time, and another one when it dies again', () => {
  const died = (count: number, time: number, headers: Attributes = {}) => {
    const death = { queue: 'payment.charge', reason: 'delivery_limit', count, time: { value: time } };
    const all = { ...headers, 'x-death': JSON.stringify([death]) };
    return toDeadLetter(deliveryFrom(deadQueue, all), now).id;
  };
  assert.equal(died(1, 1_760_000_000), died(1, 1_760_000_000));
  assert.notEqual(died(1, 1_760_000_000), died(2, 1_760_000_000));
  assert.notEqual(died(1, 1_760_000_000), died(1, 1_760_000_100));
  // Sent once more, and dead again within the second in which it died.
  const again = dueAfter(0, now);
  assert.notEqual(died(1, 1_760_000_000), died(1, 1_760_000_000, again));
  assert.equal(died(1, 1_760_000_000, again), died(1, 1_760_000_000, again));
});

test('what had failed before RabbitMQ set it aside keeps its history', () => {
  const account = accountOfRetry(deliveryFrom(work), new TransientFault('away', 'x'), 2, now);
  const deaths = JSON.stringify([{ queue: 'payment.charge', reason: 'delivery_limit' }]);
  const letter = toDeadLetter(deliveryFrom(deadQueue, { ...account, 'x-death': deaths }), now);
  assert.deepEqual(
    [letter.reason, letter.attempts, letter.history, letter.origin],
    ['broker-delivery_limit', 2, [{ at: now.toISOString(), error: 'away' }], work],
  );
  assert.deepEqual(letter.headers, { 'x-death': deaths });
});

test('what somebody put there by hand is a letter, too', () => {
  const letter = toDeadLetter(deliveryFrom(deadQueue), now);
  assert.deepEqual([letter.reason, letter.diedAt, letter.origin], ['unknown', now, deadQueue]);
});

test('on Kafka a letter without an id gets one by its place, the same each time, that sorts by time', () => {
  const at = (position: string, storedAt: number) =>
    toDeadLetter(deliveryFrom({ ...deadTopic, position, storedAt }), now).id;
  const [first, again, second, later] = [
    at('0:5', 1_000),
    at('0:5', 1_000),
    at('0:6', 1_000),
    at('0:1', 1_001),
  ];
  assert.equal(first, again);
  assert.notEqual(first, second);
  assert.ok(first < later && second < later);
  assert.ok(newMessageId() > later);
});

test('ids by place are UUIDs at every time that somebody may name', () => {
  for (const time of [0, -1, 1.5, Date.now() * 1_000, Number.MAX_VALUE]) {
    assert.ok(isUuid(letterIdOf('a place', time)), String(time));
  }
});

test('a message cannot name who is to get it', () => {
  const letter = toDeadLetter(deliveryFrom(deadQueue, { [accountHeaders.consumer]: 'order.commands' }), now);
  assert.equal(letter.consumer, 'payment.charge');
});

const oddities = [
  '',
  '\0',
  'null',
  '[]',
  '[null, 1, {}]',
  '{}',
  '{"channel":1}',
  '{"channel":"x"}',
  '-5',
  'x',
];

for (const odd of oddities) {
  test(`headers that say ${JSON.stringify(odd)} make no letter unreadable`, () => {
    const names = [...Object.values(accountHeaders), 'x-death'];
    const headers = Object.fromEntries(names.map((name) => [name, odd]));
    for (const origin of [deadQueue, deadTopic]) {
      const letter = toDeadLetter(deliveryFrom(origin, headers), now);
      assert.ok(isUuid(letter.id));
      assert.deepEqual([letter.attempts, letter.history], [1, []]);
      assert.equal(letter.origin.address.key, origin.address.key);
      assert.ok(letter.diedAt.getTime() >= 0);
    }
  });
}

test('a time before 1970 is none', () => {
  const headers = { [accountHeaders.time]: '-200000-01-01T00:00:00.000Z' };
  assert.deepEqual(toDeadLetter(deliveryFrom(deadQueue, headers), now).diedAt, now);
});

test('whatever stands in the history, the letter says when and why, and nothing else', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const history = `[{"at":"then","error":"odd","more":${deep}},{"at":"then","error":{}},null]`;
  const letter = toDeadLetter(deliveryFrom(deadQueue, { [accountHeaders.history]: history }), now);
  assert.equal(JSON.stringify(letter.history), '[{"at":"then","error":"odd"}]');
});

test('what can never be handled has its one try', () => {
  const failure = { reason: 'permanent', error: new PermanentFault('not-json', '?'), attempts: 1 } as const;
  const account = accountOfDeath(deliveryFrom(work), failure, 'payment.charge', newMessageId(), now);
  const letter = toDeadLetter(deliveryFrom(deadTopic, account), now);
  assert.deepEqual([letter.reason, letter.attempts, letter.history.length], ['permanent', 1, 1]);
});
