import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { type Handled, handledIn, leastShares } from './shares.ts';

const metrics = `
# TYPE process_start_time_seconds gauge
process_start_time_seconds{service="payment"} 1795697000
conveyor_messages_total{service="payment",consumer="payment.charge",broker="kafka",outcome="handled"} 3
conveyor_messages_total{service="payment",consumer="payment.charge",broker="rabbitmq",outcome="handled"} 4
conveyor_messages_total{service="payment",consumer="payment.charge",broker="kafka",outcome="retried"} 100
`;

test('what a process has handled is told by broker, and no other outcome', () => {
  deepStrictEqual(handledIn(metrics), {
    startedAt: '1795697000',
    counts: { kafka: 3, rabbitmq: 4 },
  });
});

test('a process that has handled nothing yet tells of nothing', () => {
  strictEqual(handledIn('process_start_time_seconds{service="payment"} 1795697000\n'), undefined);
});

const handled = (port: number, startedAt: string, kafka: number, rabbitmq = 0): Handled => ({
  service: 'payment',
  port,
  startedAt,
  counts: { kafka, rabbitmq },
});
const ports = new Map([['payment', [1, 2]]]);

test('what an instance has handled before it was killed counts as well', () => {
  const seen = [handled(1, 'first', 20), handled(1, 'again', 10), handled(2, 'first', 90)];
  strictEqual(leastShares(seen, ports).get('payment on kafka'), 0.25);
});

test('who has handled nothing of one broker has no share of it, whatever it has of the other', () => {
  const shares = leastShares([handled(1, 'first', 0, 50), handled(2, 'first', 90, 50)], ports);
  deepStrictEqual([...shares.values()].sort(), [0, 0.5]);
});

test('an instance that has never handled anything has no share', () => {
  strictEqual(leastShares([handled(2, 'first', 90)], ports).get('payment on kafka'), 0);
  strictEqual(leastShares([], ports).get('payment on kafka'), 0);
});
