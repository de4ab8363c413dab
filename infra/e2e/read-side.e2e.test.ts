import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type {
  DeadLetterList,
  Health,
  OrderPage,
  OrderView,
  ProblemDetails,
  RedriveManyResult,
  Timeline,
} from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { accepted } from './accepted.ts';
import { combinations } from './combinations.ts';
import { type Databases, openDatabases } from './databases.ts';
import { fullSize } from './full-size.ts';
import { placeMixed } from './mixed-orders.ts';
import { newProduct } from './new-product.ts';
import { type EventLog, openLog, type PlantedEvent, plantedEvents } from './planted-events.ts';
import {
  allDocuments,
  ask,
  differences,
  endLease,
  foldedOrders,
  projection,
  rebuilt,
  search,
  untilSame,
} from './read-side.ts';
import { testReadSideInstances } from './read-side-instances.ts';
import { testReadSideShapes } from './read-side-shapes.ts';
import { testReadSideSpeed } from './read-side-speed-tests.ts';
import { type System, startSystem } from './system.ts';

const [many, deathsOfEach] = fullSize ? [5_000, 4] : [100, 2];
const patient = { timeoutMs: 300_000 };
const slow = { timeout: fullSize ? 2_700_000 : 900_000 };

let system: System;
let databases: Databases;
let log: EventLog;

before(async () => {
  system = await startSystem('read-side');
  databases = openDatabases(system.stack.env.POSTGRES_URL);
  log = await openLog(system.stack);
}, slow);
after(async () => {
  await log?.close();
  await databases?.close();
  await system?.stop();
});

const elasticsearch = () => system.stack.env.ELASTICSEARCH_URL;

function product(name: string, amount = 500): Promise<string> {
  return newProduct(system, { name, price: { amount, currency: 'EUR' }, onHand: 1_000_000 });
}

/** Places an order and waits for its end. */
async function ended(request: Readonly<Record<string, unknown>>): Promise<OrderView> {
  const { body } = await accepted(system, { customerId: 'ada', ...request });
  return system.final(body.orderId, 60_000);
}

const seen = (order: OrderView) => ({ after: `${order.orderId}:${order.version}` });
const idsOf = ({ orders }: OrderPage) => orders.map(({ orderId }) => orderId);

const untilEqual = () => untilSame(system, databases, patient.timeoutMs);

describe('a search', () => {
  test('finds an order by a misspelt word of an item, as the write side shows it, at once when asked to', async () => {
    const word = `Zanzibar${randomUUID().slice(0, 4).replaceAll(/\d/g, 'x')}`;
    const sku = await product(`Blue ${word} lamp`);
    const order = await ended({ items: [{ sku, quantity: 2 }] });
    const { total, orders, facets } = await search(system, { q: `lmap ${word}`, ...seen(order) });
    deepStrictEqual([total, orders, facets], [1, [order], { status: { completed: 1 } }]);
    strictEqual((await search(system, { q: `table ${word}` })).total, 0);
  });

  test('is narrowed by status, customer, item, total and time, and counts the statuses', async () => {
    const customerId = `customer-${randomUUID()}`;
    const [cheap, dear] = [await product('Thing', 100), await product('Thing', 10_000)];
    const one = await ended({ customerId, items: [{ sku: cheap, quantity: 1 }] });
    const two = await ended({ customerId, items: [{ sku: dear, quantity: 1 }], broker: 'rabbitmq' });
    const three = await ended({
      customerId,
      items: [{ sku: cheap, quantity: 5 }],
      paymentToken: 'tok_declined',
    });
    for (const order of [one, two, three]) await search(system, seen(order));

    const found = async (query: Readonly<Record<string, string | number>>) =>
      idsOf(await search(system, { customerId, sort: 'createdAt', ...query }));
    const all = [one, two, three].map(({ orderId }) => orderId);
    deepStrictEqual(await found({}), all);
    deepStrictEqual(await found({ status: 'cancelled' }), [three.orderId]);
    deepStrictEqual(await found({ status: 'cancelled,completed' }), all);
    deepStrictEqual(await found({ sku: dear }), [two.orderId]);
    deepStrictEqual(await found({ minTotal: 500 }), [two.orderId, three.orderId]);
    deepStrictEqual(await found({ maxTotal: 500 }), [one.orderId, three.orderId]);
    deepStrictEqual(await found({ from: two.createdAt }), [two.orderId, three.orderId]);
    deepStrictEqual(await found({ to: two.createdAt }), [one.orderId, two.orderId]);
    deepStrictEqual(
      await found({ sort: '-total' }),
      [two, three, one].map(({ orderId }) => orderId),
    );
    deepStrictEqual((await search(system, { customerId, status: 'cancelled' })).facets.status, {
      cancelled: 1,
      completed: 2,
    });
  });

  test('is read page by page, each order once', async () => {
    const customerId = `customer-${randomUUID()}`;
    const orders = await Promise.all(
      Array.from({ length: 7 }, () => ended({ customerId, items: [{ sku: 'mug', quantity: 1 }] })),
    );
    for (const order of orders) await search(system, seen(order));
    for (const sort of ['-createdAt', 'total', 'relevance']) {
      const pages: string[][] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await search(system, { customerId, sort, limit: 3, ...(cursor && { cursor }) });
        strictEqual(page.total, 7);
        pages.push(idsOf(page));
        cursor = page.nextCursor;
        if (!cursor) break;
      }
      deepStrictEqual(
        pages.map(({ length }) => length),
        [3, 3, 1],
      );
      deepStrictEqual(pages.flat().sort(), orders.map(({ orderId }) => orderId).sort());
    }
  });

  for (const [query, field] of [
    ['status=lost', 'status'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=ten', 'limit'],
    ['minTotal=-1', 'minTotal'],
    ['minTotal=5&maxTotal=4', 'minTotal'],
    ['from=yesterday', 'from'],
    ['to=2026-02-31', 'to'],
    ['sort=price', 'sort'],
    ['cursor=!', 'cursor'],
    [`cursor=${'a'.repeat(5_000)}`, 'cursor'],
    ['after=1', 'after'],
    ['wait=61', 'wait'],
    ['q=', 'q'],
    [`q=${'a'.repeat(201)}`, 'q'],
    ['customerId=a%20b', 'customerId'],
    ['sku=Mug!', 'sku'],
    ['query=mug', 'query'],
  ] as const) {
    test(`?${query.slice(0, 40)} is refused, and ${field} named`, async () => {
      const { status, body } = await system.call<ProblemDetails>('GET', `/api/search/orders?${query}`);
      deepStrictEqual([status, body.field], [400, field]);
    });
  }

  test('takes what looks like a query language for words', async () => {
    for (const q of [
      '*',
      'status:completed',
      '"}},"match_all":{}',
      'a OR 1=1',
      '../_all',
      '(((',
      'mug~2',
      '\\',
    ])
      strictEqual((await search(system, { q, customerId: `nobody-${randomUUID()}` })).total, 0);
  });

  test('for a version that does not come ends with the time it was given', async () => {
    const { status, headers, body } = await system.call<ProblemDetails>(
      'GET',
      `/api/search/orders?after=${randomUUID()}:1&wait=0.1`,
    );
    deepStrictEqual([status, headers.get('retry-after')], [503, '1']);
    match(body.detail ?? '', /after/);
  });
});

test('its administration needs the token', async () => {
  for (const [method, path] of [
    ['GET', '/api/projections/orders'],
    ['POST', '/api/projections/orders/rebuild'],
  ] as const) {
    strictEqual((await system.call(method, path)).status, 401);
    strictEqual(
      (await system.call(method, path, { headers: { authorization: 'Bearer wrong' } })).status,
      403,
    );
  }
});

test('what can be searched is told in the timeline of an order', async () => {
  const order = await ended({ items: [{ sku: 'mug', quantity: 1 }] });
  await eventually(async () => {
    const { body } = await system.call<{ entries: { kind: string; service: string; type?: string }[] }>(
      'GET',
      `/api/orders/${order.orderId}/timeline`,
    );
    const projected = body.entries.filter(({ kind }) => kind === 'projected');
    deepStrictEqual(
      projected.map(({ service, type }) => `${service} ${type}`).sort(),
      ['completed', 'created', 'paid', 'reserved'].map((what) => `order-query order.${what}`),
    );
  });
});

test(
  'every document is what the events of its order say, though order-query and Elasticsearch die meanwhile',
  slow,
  async (t) => {
    const { 'order-query': orderQuery } = system.stack.services;
    const server = system.stack.servers.elasticsearch;
    let deaths = 0;
    let dying: Promise<void> = Promise.resolve();
    const every = many / deathsOfEach;
    await placeMixed(system, many, async (placed) => {
      if (placed % every !== 0) return;
      deaths++;
      dying = dying.then(async () => {
        orderQuery.kill();
        await server.stop('SIGKILL');
        await server.start();
      });
    });
    await dying;
    await untilEqual();
    t.diagnostic(`${(await foldedOrders(databases)).size} orders, 0 differences, ${deaths} deaths of each`);
  },
);

test('a planted edit and a dropped event are told by the ids of their orders', async () => {
  const [edited, dropped] = [
    await ended({ items: [{ sku: 'mug', quantity: 1 }] }),
    await ended({ items: [{ sku: 'mug', quantity: 1 }] }),
  ];
  await untilEqual();
  const documents = new Map(await allDocuments(elasticsearch()));
  documents.set(edited.orderId, { ...edited, total: { amount: 1, currency: 'EUR' } });
  documents.set(dropped.orderId, { ...dropped, status: 'paid', version: dropped.version - 1 });
  deepStrictEqual(
    differences(await foldedOrders(databases), documents),
    [`${edited.orderId}: total`, `${dropped.orderId}: status, version`].sort(),
  );
});

test('it is rebuilt while searches are answered, which never go back in time', slow, async (t) => {
  const customerId = `customer-${randomUUID()}`;
  let [searches, isOver] = [0, false];

  /** One after the other: of two at the same time either may be answered first. */
  async function searchOn(): Promise<number> {
    const versions = new Map<string, number>();
    while (!isOver) {
      const { total, orders } = await search(system, { customerId, limit: 100 });
      searches++;
      ok(total >= versions.size, `${total} orders, after ${versions.size}`);
      const found = new Map(orders.map(({ orderId, version }) => [orderId, version]));
      for (const [id, version] of versions) {
        const now = found.get(id);
        if (orders.length === total)
          ok(now !== undefined && now >= version, `${id} was at ${version}, is at ${now}`);
      }
      for (const [id, version] of found) versions.set(id, version);
    }
    return versions.size;
  }
  /** All the time, so that some of it comes between the fence and the change. Not more than a page can show. */
  async function placeOn(): Promise<number> {
    let placed = 0;
    for (; placed < 95 && !isOver; placed++) {
      await system.place({ customerId, items: [{ sku: 'mug', quantity: 1 }], ...combinations[placed % 4] });
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return placed;
  }
  await system.place({ customerId, items: [{ sku: 'mug', quantity: 1 }] });
  await eventually(async () => strictEqual((await search(system, { customerId })).total, 1));
  const [index, found, , placed] = await Promise.all([
    rebuilt(system, patient.timeoutMs).finally(() => {
      isOver = true;
    }),
    searchOn(),
    searchOn(),
    placeOn(),
  ]);
  ok(placed < 95, 'orders came until it was over');
  t.diagnostic(`${searches} searches during the rebuild, ${found} orders of their customer`);
  ok(found > 0, 'no search has found anything that could have gone back');
  await untilEqual();
  // The old one is removed a moment later.
  await eventually(async () => {
    const indices = await ask<Record<string, unknown>>(elasticsearch(), 'GET', '/orders-*/_alias');
    deepStrictEqual(Object.keys(indices), [index]);
  });
});

test('a rebuild that dies leaves what is searched in place, and can be run again', slow, async () => {
  const { 'order-query': orderQuery } = system.stack.services;
  const { index: former } = await projection(system);
  await system.call('POST', '/api/projections/orders/rebuild', { admin: true });
  strictEqual((await projection(system)).state, 'rebuilding');
  orderQuery.kill();
  const left = await ask<Record<string, unknown>>(elasticsearch(), 'GET', '/orders-*/_alias');
  strictEqual(Object.keys(left).length, 2, 'it died half-way');
  ok((await allDocuments(elasticsearch())).size > 0);
  await endLease(databases);
  const index = await eventually(() => rebuilt(system, patient.timeoutMs), patient);
  ok(index !== former);
  await untilEqual();
});

test('after its index was deleted by hand it is made again', slow, async () => {
  const { index } = await projection(system);
  await ask(elasticsearch(), 'DELETE', `/${index}`);
  await eventually(async () => ok((await projection(system)).index !== index), patient);
  await untilEqual();
});

test('what happened while there was no index is told in the timeline, too', slow, async () => {
  const { 'order-query': orderQuery } = system.stack.services;
  const { index } = await projection(system);
  await orderQuery.stop();
  await ask(elasticsearch(), 'DELETE', `/${index}`);
  const order = await ended({ items: [{ sku: 'mug', quantity: 1 }] });
  await orderQuery.start();
  await untilEqual();
  await eventually(async () => {
    const { body } = await system.call<Timeline>('GET', `/api/orders/${order.orderId}/timeline`);
    const told = body.entries.filter(({ kind }) => kind === 'projected').map(({ type }) => type);
    ok(told.includes('order.created') && told.includes('order.completed'), told.join(', '));
  }, patient);
});

test(
  'without Elasticsearch orders go on, searches say so, and afterwards nothing is missing',
  slow,
  async () => {
    const { elasticsearch: server } = system.stack.servers;
    await server.stop('SIGKILL');
    const orders = await Promise.all(
      combinations.map((combination) => ended({ items: [{ sku: 'mug', quantity: 1 }], ...combination })),
    );
    deepStrictEqual([...new Set(orders.map(({ status }) => status))], ['completed']);
    const { status, headers } = await system.call('GET', '/api/search/orders');
    deepStrictEqual([status, headers.get('retry-after')], [503, '1']);
    const health = await system.call<Health>('GET', '/api/health');
    strictEqual(health.status, 503);
    strictEqual(health.body.services['order-query']?.checks?.['elasticsearch']?.status, 'down');
    await server.start();
    await untilEqual();
  },
);

test(
  'while Elasticsearch takes nothing (429) the documents wait, and none is missing afterwards',
  slow,
  async () => {
    const { index } = await projection(system);
    const blocked = (block: boolean | null) =>
      ask(elasticsearch(), 'PUT', `/${index}/_settings`, { 'index.blocks.read_only_allow_delete': block });
    // What Elasticsearch itself does to an index when the disk is nearly full.
    await blocked(true);
    const order = await ended({ items: [{ sku: 'mug', quantity: 1 }] });
    await eventually(async () => ok((await projection(system)).lag > 0));
    strictEqual(
      (await system.call('GET', `/api/search/orders?after=${order.orderId}:1&wait=0.5`)).status,
      503,
    );
    await blocked(null);
    deepStrictEqual((await search(system, seen(order))).total > 0, true);
    await untilEqual();
  },
);

testReadSideInstances(
  () => system,
  () => databases,
);
testReadSideShapes(
  () => system,
  () => databases,
);

test(
  'an order whose first event cannot be read is in no index, and keeps none from being made',
  slow,
  async () => {
    const orderId = randomUUID();
    const [created] = plantedEvents(orderId);
    await log.plant([{ ...created, dataschema: 'urn:conveyor:order.created:99' } as PlantedEvent]);
    await rebuilt(system, patient.timeoutMs);
    strictEqual((await allDocuments(elasticsearch())).has(orderId), false);
  },
);

test(
  'an event that is missing, or cannot be read, stops its order and no other, until it is there',
  slow,
  async () => {
    const call = <Body>(method: string, path: string, body?: object) =>
      system.call<Body>(method, path, { admin: true, ...(body && { body }) });
    const letters = async (orderId: string) => {
      const { body } = await call<DeadLetterList>(
        'GET',
        '/api/dead-letters?queue=order-query.events&limit=100',
      );
      return body.deadLetters.filter((letter) => letter.orderId === orderId).reverse();
    };
    const [gap, future] = [randomUUID(), randomUUID()];
    const [gapEvents, futureEvents] = [plantedEvents(gap), plantedEvents(future)];
    const unreadable = { ...futureEvents[1], dataschema: 'urn:conveyor:order.reserved:99' } as PlantedEvent;
    await log.plant([
      ...[gapEvents[0], gapEvents[2], gapEvents[3]],
      ...[futureEvents[0], unreadable, futureEvents[2]],
    ] as PlantedEvent[]);
    const order = await ended({ items: [{ sku: 'mug', quantity: 1 }] });
    strictEqual((await search(system, seen(order))).orders.length > 0, true);

    const codesOf = async (orderId: string) => (await letters(orderId)).map(({ cause }) => cause.code);
    await eventually(async () => {
      deepStrictEqual(await codesOf(gap), ['gap', 'gap']);
      deepStrictEqual(await codesOf(future), ['unknown-version', 'gap']);
    }, patient);
    const documents = await allDocuments(elasticsearch());
    deepStrictEqual(
      [gap, future].map((id) => documents.get(id)?.version),
      [1, 1],
    );

    // The one that was missing comes, and what could not be read is sent again as today's version.
    await log.plant(gapEvents.slice(1, 2));
    await eventually(
      async () => strictEqual((await allDocuments(elasticsearch())).get(gap)?.version, 2),
      patient,
    );
    const [first] = await letters(future);
    // It has no version that is known here, so there is nothing that its payload could be checked by.
    strictEqual(
      (await call<ProblemDetails>('POST', `/api/dead-letters/${first?.id}/redrive`, {})).status,
      200,
    );
    const many = { queue: 'order-query.events' };
    strictEqual((await call<RedriveManyResult>('POST', '/api/dead-letters/redrive', many)).status, 200);
    await eventually(async () => {
      const { status, version } = (await allDocuments(elasticsearch())).get(gap) ?? {};
      deepStrictEqual([status, version], ['completed', 4]);
      // Sent as it was, it is as unreadable as before, and so is what follows it.
      deepStrictEqual(await codesOf(future), ['unknown-version', 'gap']);
    }, patient);
  },
);

testReadSideSpeed(() => ({ system, databases, log }));
