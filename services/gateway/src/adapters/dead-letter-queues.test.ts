import { deepStrictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '@conveyor/service-kit/problems';
import { readQueue } from './dead-letter-queues.ts';

const consumers = ['order.events', 'payment.charge'];
const read = (queue: string, broker?: 'kafka' | 'rabbitmq') =>
  readQueue(queue, broker, consumers, 'querystring');

test('a consumer is named by its name, its queue or its topic of dead letters', () => {
  deepStrictEqual(read('payment.charge'), { consumer: 'payment.charge' });
  deepStrictEqual(read('payment.charge', 'kafka'), { consumer: 'payment.charge', broker: 'kafka' });
  deepStrictEqual(read('payment.charge.dead'), { consumer: 'payment.charge', broker: 'rabbitmq' });
  deepStrictEqual(read('payment.charge-dlq'), { consumer: 'payment.charge', broker: 'kafka' });
  deepStrictEqual(read('order.events-dlq', 'kafka'), { consumer: 'order.events', broker: 'kafka' });
});

test('another name is refused with those that there are, a broker with the one where the queue is', () => {
  for (const queue of ['payment', 'payment.charge.retry', 'payment.charge-dlq.dead', '.dead']) {
    throws(
      () => read(queue),
      (error) =>
        error instanceof Problem &&
        error.status === 400 &&
        error.fields[0]?.field === 'queue' &&
        consumers.every((name) => error.message.includes(name)),
    );
  }
  throws(
    () => read('payment.charge.dead', 'kafka'),
    (error) => error instanceof Problem && error.status === 400 && error.fields[0]?.field === 'broker',
  );
});
