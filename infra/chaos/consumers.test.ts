import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { lastingName, takenFrom } from './consumers.ts';

test('a place for replies is the same one under a new id, and all others keep their names', () => {
  strictEqual(lastingName('order.replies.97a51b7e-49ba-46a4-933e-edffefed2a2a'), 'order.replies');
  strictEqual(lastingName('payment.charge.retry.priority-1.100'), 'payment.charge.retry.priority-1.100');
});

test('somebody takes from work and from what was given up, and from every group but that of a log', () => {
  const queue = (name: string, role: 'work' | 'delay' | 'dead') =>
    ({ id: `queue:${name}`, kind: 'queue', name, role, consumer: 'payment.charge' }) as const;
  const group = (name: string, more: { consumer?: string; role: 'work' | 'delay' }) =>
    ({ id: `group:${name}`, kind: 'group', name, ...more }) as const;
  const nodes = [
    { id: 'service:payment', kind: 'service', name: 'payment' } as const,
    queue('payment.charge', 'work'),
    queue('payment.charge.retry.100', 'delay'),
    queue('payment.charge.dead', 'dead'),
    group('payment.charge', { consumer: 'payment.charge', role: 'work' }),
    group('payment.retries', { role: 'delay' }),
    group('order-query.events', { consumer: 'order-query.events', role: 'work' }),
  ];
  deepStrictEqual(takenFrom(nodes), [
    'queue payment.charge',
    'queue payment.charge.dead',
    'group payment.charge',
    'group payment.retries',
  ]);
});
