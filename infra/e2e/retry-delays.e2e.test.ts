import { ok, strictEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DeadLetterList, RedriveManyResult } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { type Databases, openDatabases } from './databases.ts';
import { fullSize } from './full-size.ts';
import { tellLateness } from './lateness.ts';
import { type System, startSystem } from './system.ts';

const delaysMs = fullSize ? [1_000, 5_000, 30_000] : [200, 500, 1_000];
const ofEachBroker = fullSize ? 1_000 : 60;
/** So many of the last tries are left that there are 500 of them at full size. */
const failing = 0.85;
const perSecond = 100;
const brokers = ['rabbitmq', 'kafka'] as const;
const slow = { timeout: 600_000 };
const patient = { timeoutMs: 300_000 };

let system: System;
let databases: Databases;

before(async () => {
  system = await startSystem('retry-delays', { RETRY_DELAYS_MS: delaysMs.join() });
  databases = openDatabases(system.stack.env.POSTGRES_URL);
}, slow);
after(async () => {
  await databases?.close();
  await system?.stop();
});

async function setFault(fault: object): Promise<void> {
  strictEqual(
    (await system.call('PUT', '/api/faults', { admin: true, body: { inventory: fault } })).status,
    200,
  );
}

interface Step {
  readonly broker: string;
  readonly message_id: string;
  readonly kind: 'received' | 'retried';
  readonly at: Date;
}

/** By broker and wait: how much later than it was to be each next try began, in milliseconds. */
async function lateness(): Promise<ReadonlyMap<string, readonly number[]>> {
  const steps = await databases.query<Step>(
    'conveyor_gateway',
    `select broker, message_id, kind, at from journal
     where service = 'inventory' and type = 'order.created' and kind in ('received', 'retried')
     order by message_id, at, kind desc`,
  );
  const late = new Map<string, number[]>();
  for (const all of Map.groupBy(steps, ({ message_id }) => message_id).values()) {
    let rung = 0;
    for (const [n, { kind, at, broker }] of all.entries()) {
      const next = all[n + 1];
      if (kind !== 'retried' || next?.kind !== 'received') continue;
      const wait = delaysMs[rung++] ?? Number.NaN;
      const of = `${broker}, wait of ${wait} ms`;
      late.set(of, [...(late.get(of) ?? []), next.at.getTime() - at.getTime() - wait]);
    }
  }
  return late;
}

test('orders whose reservation fails are tried again when it was said, and none is lost', slow, async (t) => {
  const sku = 'plenty';
  const product = { name: 'Plenty', price: { amount: 100, currency: 'EUR' }, onHand: 1_000_000 };
  strictEqual((await system.call('PUT', `/api/products/${sku}`, { admin: true, body: product })).status, 201);
  await setFault({ mode: 'error', rate: failing });
  const ids: string[] = [];
  for (let n = 0; n < ofEachBroker * brokers.length; n += perSecond / 10) {
    // The pause is the load; nothing waits for it.
    const next = new Promise((resolve) => setTimeout(resolve, 100));
    const placed = await Promise.all(
      Array.from({ length: perSecond / 10 }, (_, k) =>
        system.place({ customerId: 'ada', items: [{ sku, quantity: 1 }], broker: brokers[k % 2] }),
      ),
    );
    for (const { status, body } of placed) {
      strictEqual(status, 202);
      ids.push(body.orderId);
    }
    await next;
  }
  const letters = async (status: string) => {
    const [row] = await databases.query<{ count: number }>(
      'conveyor_inventory',
      'select count(*)::int from dead_letters where status = $1',
      [status],
    );
    return row?.count ?? 0;
  };
  const reserved = async () => {
    const [row] = await databases.query<{ count: number }>(
      'conveyor_inventory',
      'select count(*)::int from reservations',
    );
    return row?.count ?? 0;
  };
  await eventually(
    async () => strictEqual((await reserved()) + (await letters('waiting')), ids.length),
    patient,
  );

  await setFault({ mode: 'ok' });
  const given = await letters('waiting');
  const { body } = await system.call<RedriveManyResult>('POST', '/api/dead-letters/redrive', {
    admin: true,
    body: { queue: 'inventory.events' },
  });
  t.diagnostic(`${ids.length} orders, ${given} given up and redriven: ${JSON.stringify(body)}`);
  for (const id of ids) strictEqual((await system.final(id, patient.timeoutMs)).status, 'completed');
  const { body: list } = await system.call<DeadLetterList>('GET', '/api/dead-letters', { admin: true });
  strictEqual(list.deadLetters.length, 0);

  const late = await lateness();
  ok(late.size === brokers.length * delaysMs.length, [...late.keys()].join());
  tellLateness(t, late);
});
