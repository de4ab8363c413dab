import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import { v7 as uuidv7 } from 'uuid';
import { isFinal } from '../domain/order.ts';
import { createOrderMetrics } from './order-metrics.ts';

const accepted = Date.parse('2026-11-23T12:00:00.000Z');
const subject = uuidv7({ msecs: accepted });

function row(type: string, atMs: number, broker: OutboxRow['broker']): OutboxRow {
  const time = new Date(accepted + atMs).toISOString();
  const attributes = { type, subject, time, saga: 'choreography', broker: 'rabbitmq' };
  const address = { channel: '', key: '' };
  return { broker, message: { address, orderingKey: subject, attributes, body: Buffer.alloc(0) } };
}

test('an order counts once in each state, and its end says how long it took', () => {
  const seen: unknown[] = [];
  const recorded = {
    counter: () => (labels: object) => void seen.push(Object.values(labels)),
    histogram: () => (labels: object, seconds: number) => void seen.push([...Object.values(labels), seconds]),
    gauge: () => {},
  };
  const metrics = createOrderMetrics(recorded, isFinal);
  metrics.told([row('order.created', 0, 'rabbitmq'), row('order.created', 0, 'kafka')]);
  metrics.told([row('order.expire', 0, 'rabbitmq'), row('order.cancelled', 1_500, 'rabbitmq')]);
  deepStrictEqual(seen, [
    ['pending', 'choreography', 'rabbitmq'],
    ['cancelled', 'choreography', 'rabbitmq'],
    ['cancelled', 'choreography', 'rabbitmq', 1.5],
  ]);
});
