import { deepStrictEqual, ok } from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { cancelOrder, placeOrder } from '@conveyor/contracts/http';
import { isMessageType } from '@conveyor/contracts/messages';
import { afterwards, choreography, requests } from '@conveyor/patterns/saga-choreography/choreography';
import { subscriptionsOf } from './subscriptions-of.ts';

/** The gateway and order-query write down what happens, whatever it is; the sandbox stands outside and takes no messages. */
const noPart = ['gateway', 'order-query', 'sandbox'];

const table = [...choreography, ...afterwards];

test('the table names what the services subscribe to, and nothing else', () => {
  const subscribed = Object.entries(subscriptionsOf).flatMap(([service, subscriptions]) =>
    subscriptions
      .filter(({ saga }) => saga !== 'orchestration')
      .map(({ type }) => `${service} hears ${type}`),
  );
  const written = table.map(({ when, service }) => `${service} hears ${when}`);
  deepStrictEqual(written.toSorted(), [...new Set(subscribed)].toSorted());
});

test('no service is left out', async () => {
  const folders = await readdir(new URL('../../services/', import.meta.url));
  deepStrictEqual(folders.toSorted(), [...Object.keys(subscriptionsOf), ...noPart].toSorted());
});

test('everybody waits for something that somebody says, and says it in words of the contracts', () => {
  const said = new Set([...requests, ...table].flatMap(({ says }) => says));
  for (const { when, service } of table) ok(said.has(when), `${service} waits for ${when}`);
  for (const type of said) ok(isMessageType(type), type);
});

test('what a client can ask for is what the order service answers', () => {
  deepStrictEqual(
    requests.map(({ request, service }) => `${service}: ${request}`),
    [placeOrder, cancelOrder].map(({ service, method, path }) => `${service}: ${method} ${path}`),
  );
});

const retriesOf = (service: string, type: string) =>
  (subscriptionsOf[service] ?? [])
    .filter((subscription) => subscription.type === type)
    .map(({ retry }) => retry);

test('the time limit is repeated until it is heard, since an order that nothing else ends has only that', () => {
  deepStrictEqual(retriesOf('order', 'order.expire'), ['until-done']);
});

test('what ends an order or undoes a part of it is repeated until it is done', () => {
  for (const [service, type] of [
    ['order', 'inventory.rejected'],
    ['order', 'payment.failed'],
    ['inventory', 'payment.failed'],
    ['inventory', 'order.cancelled'],
    ['payment', 'order.cancelled'],
  ] as const)
    deepStrictEqual(retriesOf(service, type), ['until-done'], `${service}: ${type}`);
});
