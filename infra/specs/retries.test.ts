import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { delayBefore } from '@conveyor/patterns/dead-letter-queue/retry-policy';
import { retryPolicies } from '@conveyor/service-kit/messaging/retry-policies';
import { consumerSpec, consumers } from '@conveyor/topology';
import { subscriptionsOf } from './subscriptions-of.ts';

const all = Object.entries(subscriptionsOf).flatMap(([service, own]) =>
  own.map((subscription) => ({ service, ...subscription })),
);
const policies = retryPolicies([1_000, 5_000, 30_000]);

test('every subscription names how its failures are repeated, and is one of a consumer of its service', () => {
  for (const { service, consumer, type, retry } of all) {
    ok(policies[retry], `${consumer} ${type}`);
    ok(consumer.startsWith(`${service}.`), consumer);
  }
});

test('every consumer that the topology has for these services is subscribed to', () => {
  const subscribed = new Set<string>(all.map(({ consumer }) => consumer));
  const owned = Object.keys(consumers).filter((name) => (name.split('.')[0] ?? '') in subscriptionsOf);
  deepStrictEqual([...subscribed].sort(), owned.sort());
});

test('charges and deliveries have priorities, and the queues and topics for them', () => {
  const prioritised = new Set(all.filter((one) => one.prioritised).map(({ consumer }) => consumer));
  deepStrictEqual([...prioritised].sort(), [
    'notification.email',
    'notification.push',
    'notification.sms',
    'payment.charge',
  ]);
  for (const { consumer, prioritised: isSo } of all)
    deepStrictEqual(isSo ?? false, consumerSpec(consumer).prioritised ?? false, consumer);
});

test('the ladder ends; what has to be done in the end is tried for ever', () => {
  for (const attempt of [2, 3, 4]) {
    const delayMs = policies.ladder.delaysMs[attempt - 2];
    strictEqual(delayBefore(policies.ladder, attempt), delayMs);
    strictEqual(delayBefore(policies['until-done'], attempt), delayMs);
  }
  strictEqual(delayBefore(policies.ladder, 5), undefined);
  strictEqual(delayBefore(policies['until-done'], 1_000), 30_000);
});
