import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { levelTopicName, levelTopics, shareOf } from './kafka.ts';
import { levels } from './priority-queue.ts';
import { priorityOf, priorityQueue } from './rabbitmq.ts';

test('on RabbitMQ the levels are 10, 5 and 1, and the queue knows as many as the highest', () => {
  deepEqual(
    levels.map((level) => priorityOf[level]),
    [10, 5, 1],
  );
  deepEqual(priorityQueue('charge'), {
    name: 'charge',
    type: 'classic',
    arguments: { 'x-max-priority': 10 },
  });
});

test('on Kafka each level has a topic, and of 13 messages 9, 3 and 1', () => {
  const names = levelTopics('charge', 6).map(({ name }) => name);
  deepEqual(names, ['charge-high', 'charge-normal', 'charge-low']);
  deepEqual(names.map(shareOf), [9, 3, 1]);
  deepEqual(
    names,
    levels.map((level) => levelTopicName('charge', level)),
  );
});

test('a topic that is of no level has the share of a normal one', () => {
  equal(shareOf('charge'), 3);
  equal(shareOf('charge-highest'), 3);
});
