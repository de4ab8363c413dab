import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Timeline } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import { type Databases, openDatabases } from './databases.ts';
import { closeGate } from './gates.ts';
import { ledgerOf } from './ledger.ts';
import { patchedCopy, runIn } from './patched-copy.ts';
import type { System } from './system.ts';

const dir = fileURLToPath(new URL(`../../.local/e2e/shipping-${process.pid}`, import.meta.url));

let system: System;
let databases: Databases;
const accepted: string[] = [];

before(async () => {
  await patchedCopy('shared/patterns/09b-saga-orchestration/shipping.patch', dir);
  // The copy's own: what it starts are the services beside it.
  const { startSystem } = (await import(
    pathToFileURL(join(dir, 'infra/e2e/system.ts')).href
  )) as typeof import('./system.ts');
  system = await startSystem('shipping');
  databases = openDatabases(system.stack.env.POSTGRES_URL);
});
after(async () => {
  await databases?.close();
  await system?.stop();
});

async function place(broker: string, paymentToken = 'tok_approved'): Promise<string> {
  const items = [{ sku: 'mug', quantity: 2 }];
  const request = { customerId: 'ada', items, saga: 'orchestration', broker, paymentToken };
  // The first question for a price after a start may be answered too late; 503 says that nothing was accepted.
  return eventually(async () => {
    const { status, body } = await system.place(request);
    strictEqual(status, 202, JSON.stringify(body));
    accepted.push(body.orderId);
    return body.orderId;
  });
}

async function timelineOf(orderId: string): Promise<Timeline> {
  return (await system.call<Timeline>('GET', `/api/orders/${orderId}/timeline`)).body;
}

/** Waits until the timeline says that the saga is over, by way of these steps, and that these messages were published. */
const tells = (orderId: string, done: readonly string[], messages: readonly string[]) =>
  eventually(
    async () => {
      const { saga, entries } = await timelineOf(orderId);
      deepStrictEqual([saga.state, saga.done], ['done', done]);
      const published = new Set(entries.flatMap(({ kind, type }) => (kind === 'published' ? [type] : [])));
      for (const type of messages) ok(published.has(type), `${type} is not in the timeline`);
    },
    { timeoutMs: 30_000 },
  );

async function shipmentOf(orderId: string): Promise<string | undefined> {
  const [row] = await databases.query<{ status: string }>(
    'conveyor_inventory',
    'select status from shipments where order_id = $1',
    [orderId],
  );
  return row?.status;
}

async function movementsOf(orderId: string): Promise<readonly string[]> {
  return (await ledgerOf(system, orderId)).map(({ kind }) => kind);
}

for (const broker of ['kafka', 'rabbitmq']) {
  describe(`with the patch, an orchestrated order on ${broker}`, () => {
    test('is shipped before it is completed', async () => {
      const orderId = await place(broker);
      strictEqual((await system.final(orderId)).status, 'completed');
      const steps = ['create', 'reserve', 'charge', 'ship', 'complete'];
      await tells(orderId, steps, ['inventory.ship', 'inventory.shipped']);
      deepStrictEqual([await shipmentOf(orderId), await movementsOf(orderId)], ['shipped', ['charge']]);
    });

    test('that is declined is not shipped, and nothing is recalled', async () => {
      const orderId = await place(broker, 'tok_declined');
      strictEqual((await system.final(orderId)).reason, 'payment-declined');
      await tells(orderId, ['create', 'reserve', 'undo reserve', 'undo create'], ['inventory.released']);
      deepStrictEqual([await shipmentOf(orderId), await movementsOf(orderId)], [undefined, []]);
    });

    test('that is cancelled while it is shipped is recalled, refunded and released', async () => {
      const shipping = { database: 'conveyor_inventory', table: 'shipments', on: 'insert' } as const;
      const gate = await closeGate(system.stack.env.POSTGRES_URL, shipping);
      let orderId: string;
      try {
        orderId = await place(broker);
        await gate.reached();
        strictEqual((await system.call('POST', `/api/orders/${orderId}/cancel`)).status, 202);
        await eventually(async () => strictEqual((await timelineOf(orderId)).saga.state, 'compensating'));
      } finally {
        await gate.remove();
      }
      strictEqual((await system.final(orderId)).reason, 'cancelled-by-customer');
      const undone = ['undo ship', 'undo charge', 'undo reserve', 'undo create'];
      await tells(
        orderId,
        ['create', 'reserve', 'charge', ...undone],
        ['inventory.recall', 'inventory.recalled'],
      );
      strictEqual(await shipmentOf(orderId), 'recalled');
      deepStrictEqual(await movementsOf(orderId), ['charge', 'refund']);
    });
  });
}

test('no order is lost, charged twice or left reserved', () =>
  eventually(
    async () => {
      const violations = findViolations(await readFacts(system.stack.env.POSTGRES_URL), accepted);
      deepStrictEqual(violations.slice(0, 10), []);
    },
    { timeoutMs: 30_000 },
  ));

test('with the patch all types fit', () =>
  runIn(dir, join(dir, 'node_modules/.bin/tsc'), '--noEmit', '--project', '.'));
