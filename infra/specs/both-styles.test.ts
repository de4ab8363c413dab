import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { subscriptionsOf } from './subscriptions-of.ts';

// A line that both styles share must be right whether or not somebody conducts: a fact that is noted, or a task.
const shared: Readonly<Record<string, readonly string[]>> = {
  order: ['inventory.reserved', 'payment.completed', 'order.expire'],
  inventory: ['order.completed'],
  payment: ['payment.charge', 'payment.refund'],
  notification: ['order.completed', 'order.cancelled', 'notification.requested'],
  'order-saga': [],
};

for (const [service, subscriptions] of Object.entries(subscriptionsOf)) {
  test(`what ${service} takes in either style is written down here`, () => {
    const lines = subscriptions.filter(({ saga }) => saga === undefined).map(({ type }) => type);
    deepStrictEqual([...new Set(lines)].toSorted(), shared[service]?.toSorted());
  });
}
