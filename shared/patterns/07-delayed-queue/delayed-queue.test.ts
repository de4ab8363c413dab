import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { dueAfter, dueTime } from './delayed-queue.ts';
import { delayTopic, isDelayTopicOf } from './kafka.ts';
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

test('the delay of the material, five minutes, is in the names', () => {
  equal(delayQueue('delay', 300_000, 'work').name, 'delay.300000');
  equal(delayTopic('delay', 300_000, 1, 1).name, 'delay-300000');
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
