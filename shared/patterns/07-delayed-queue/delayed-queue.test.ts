import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { dueAfter, dueTime } from './delayed-queue.ts';
import { delayTopic, heldUntil, isDelayTopicOf } from './kafka.ts';
import { delayQueue } from './rabbitmq.ts';

const now = new Date('2026-11-23T12:00:00.000Z');

test('a message is due when the delay has passed since it was written', () => {
  equal(dueTime({ headers: dueAfter(300_000, now) }), Date.parse('2026-11-23T12:05:00.000Z'));
  equal(dueTime({ headers: dueAfter(2_147_483_647, now) }), now.getTime() + 2_147_483_647);
});

test('a message that says no time, or what is none, is not held', () => {
  for (const due of [undefined, '', 'soon', '-1', '1e300', 'Infinity', '12.5', ' 12', '9'.repeat(16)]) {
    equal(dueTime({ headers: due === undefined ? {} : { due } }), undefined, due);
  }
});

const fiveMinutes = 300_000;
const storedAt = now.getTime() + 40;

/** A message that Kafka has stored just now in `channel`, and what its sender says about when it is due. */
function stored(channel: string, headers: Record<string, string>) {
  return {
    headers,
    origin: { broker: 'kafka', channel, address: { channel, key: 'k' }, storedAt },
  } as const;
}

test('on Kafka a message is held until it is due by its sender, though it was stored later', () => {
  const punctual = stored('delay-300000', dueAfter(fiveMinutes, now));
  equal(heldUntil(punctual), now.getTime() + fiveMinutes);
  const late = stored('delay-300000', dueAfter(fiveMinutes, new Date('2026-11-23T09:00:00.000Z')));
  equal(heldUntil(late), Date.parse('2026-11-23T09:05:00.000Z'));
});

test('a sender whose clock is ahead holds nobody up for longer than the delay in the name of the topic', () => {
  const tomorrow = dueAfter(fiveMinutes, new Date('2026-11-24T12:00:00.000Z'));
  equal(heldUntil(stored('delay-300000', tomorrow)), storedAt + fiveMinutes);
  equal(heldUntil(stored('delay-1000', tomorrow)), storedAt + 1_000);
  equal(heldUntil(stored('group-retry-5000', { due: '9'.repeat(15) })), storedAt + 5_000);
});

test('a message that says no time is not held, and none is in a topic of no delay', () => {
  equal(heldUntil(stored('delay-300000', {})), undefined);
  equal(heldUntil(stored('delay-300000', { due: 'soon' })), undefined);
  equal(heldUntil(stored('order-events', dueAfter(fiveMinutes, now))), undefined);
});

test('topics of a delay have the time of storing from Kafka, not from the sender', () => {
  equal(delayTopic('delay', fiveMinutes, 1).config?.['message.timestamp.type'], 'LogAppendTime');
});

test('the delay of the material, five minutes, is in the names', () => {
  equal(delayQueue('delay', 300_000, 'work').name, 'delay.300000');
  equal(delayTopic('delay', 300_000, 1).name, 'delay-300000');
});

test('topics of another delay are known by their name, those of others are not', () => {
  const isOurs = isDelayTopicOf('inventory.events-retry');
  equal(isOurs('inventory.events-retry-1000'), true);
  for (const topic of [
    'inventory.events-retry',
    'inventory.events-retry-',
    'inventory.events-retry-1000-dlq',
    'inventoryxevents-retry-1000',
    'inventory.events-retry-x',
    'old.inventory.events-retry-1000',
  ])
    equal(isOurs(topic), false, topic);
});
