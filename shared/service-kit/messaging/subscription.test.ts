import { strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { on, onEvery, subscriptionTo } from './subscription.ts';

const handle = async () => [];

test('what is said of one subscription is not said of the other messages of its consumer', () => {
  const consumer = 'order.events';
  const subscriptions = [
    on('payment.completed', { consumer, retry: 'ladder', handle }),
    on('payment.failed', { consumer, retry: 'until-done', unrecorded: true, handle }),
  ];
  const [heard, concluded] = subscriptions;
  strictEqual(subscriptionTo('payment.completed', subscriptions), heard);
  strictEqual(subscriptionTo('payment.failed', subscriptions), concluded);
  strictEqual(subscriptionTo('order.created', subscriptions), undefined);
  strictEqual(subscriptionTo(undefined, subscriptions), undefined);
});

test('a subscription to every type takes messages of any, even of none', () => {
  const all = onEvery({ consumer: 'gateway.audit', retry: 'ladder', unrecorded: true, handle });
  for (const type of ['order.created', 'no-such-type', undefined])
    strictEqual(subscriptionTo(type, [all]), all);
});
