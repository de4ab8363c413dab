import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { BrokerName } from '@conveyor/contracts';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import pg from 'pg';
import { fullSize } from './full-size.ts';
import { type System, startSystem } from './system.ts';
import { openUnacknowledged, type Unacknowledged } from './unacknowledged.ts';

const orders = fullSize ? 500 : 200;
const ordersBetweenKills: readonly [number, number] = fullSize ? [10, 40] : [5, 20];
const atOnce = 25;

/** Each service is killed twice, once with messages of each broker in its hands: of any of these consumers. */
const victims = [
  { service: 'payment', consumers: ['payment.events', 'payment.charge'] },
  { service: 'inventory', consumers: ['inventory.events'] },
  { service: 'order', consumers: ['order.events'] },
  { service: 'notification', consumers: ['notification.orders', 'notification.email'] },
] as const;

let system: System;
let unacknowledged: Unacknowledged;
let scarce: string;

before(async () => {
  // At this level a consumer says of each message that the inbox has seen before.
  system = await startSystem('kills', { LOG_LEVEL: 'debug' });
  unacknowledged = await openUnacknowledged(system.stack);
  scarce = `scarce-${randomUUID()}`;
  const body = { name: 'Scarce thing', price: { amount: 700, currency: 'EUR' }, onHand: 20 };
  strictEqual((await system.call('PUT', `/api/products/${scarce}`, { admin: true, body })).status, 201);
});
after(async () => {
  await unacknowledged?.close();
  await system?.stop();
});

/** The n-th order: brokers in turn, every fifth declined, every seventh flaky, every tenth of what is scarce. */
function request(n: number) {
  const paymentToken =
    n % 5 === 4 ? 'tok_declined' : n % 7 === 6 ? 'tok_flaky' : n % 11 === 10 ? 'tok_slow' : 'tok_approved';
  const sku = n % 10 === 3 ? scarce : 'mug';
  const broker = n % 2 === 0 ? 'kafka' : 'rabbitmq';
  return { customerId: `customer-${n}`, items: [{ sku, quantity: 1 + (n % 3) }], broker, paymentToken };
}

/** Places until it is accepted; a repeat after an unknown outcome carries the same key, so it is one order. */
async function placeUntilAccepted(n: number): Promise<string> {
  const headers = { 'idempotency-key': `order-${n}` };
  return eventually(
    async () => {
      const { status, body } = await system.place(request(n), { headers });
      if (status !== 202) throw new Error(`order ${n}: ${status}`);
      return body.orderId;
    },
    { timeoutMs: 60_000 },
  );
}

/** Freezes the service in the middle of whatever it does, makes sure that it holds messages, and kills it. */
async function killWithMessagesInHand(
  { service, consumers }: (typeof victims)[number],
  broker: BrokerName,
): Promise<number> {
  const victim = system.stack.services[service];
  await eventually(() => ok(victim.pid, `${service} has not come back`), { timeoutMs: 30_000 });
  victim.kill('SIGSTOP');
  const held = await eventually(
    async () => {
      const counts = await Promise.all(consumers.map((consumer) => unacknowledged.of(consumer, broker)));
      const count = counts.reduce((sum, each) => sum + each, 0);
      ok(count > 0, `${service} holds no message of ${broker}`);
      return count;
    },
    { timeoutMs: 20_000 },
  );
  victim.kill('SIGKILL');
  await eventually(() => ok(victim.pid, `${service} does not come back`), { timeoutMs: 30_000 });
  return held;
}

async function duplicatesSeen(): Promise<Record<BrokerName, number>> {
  const seen = { rabbitmq: 0, kafka: 0 };
  for (const { log } of Object.values(system.stack.services)) {
    for (const line of (await readFile(log, 'utf8')).split('\n')) {
      if (!line.includes('"msg":"seen before"')) continue;
      seen[(JSON.parse(line) as { broker: BrokerName }).broker] += 1;
    }
  }
  return seen;
}

test('all orders survive the kill of every service with messages in its hands', {
  timeout: 400_000,
}, async (t) => {
  const accepted: string[] = [];
  let next = 0;
  const placeAll = async () => {
    while (next < orders) {
      const n = next++;
      accepted.push(await placeUntilAccepted(n));
    }
  };
  const placing = Promise.all(Array.from({ length: atOnce }, placeAll));

  const kills = victims.flatMap((victim) => [
    { victim, broker: 'rabbitmq' as const },
    { victim, broker: 'kafka' as const },
  ]);
  for (const { victim, broker } of kills) {
    // A moment of its own for each kill: after so many further orders.
    const mark = Math.min(orders, next + randomInt(...ordersBetweenKills));
    await eventually(() => ok(next >= mark || next >= orders), { timeoutMs: 60_000 });
    const held = await killWithMessagesInHand(victim, broker);
    t.diagnostic(
      `${victim.service} killed with ${held} unacknowledged of ${broker}, ${accepted.length} orders accepted`,
    );
  }
  await placing;
  strictEqual(new Set(accepted).size, orders);

  await eventually(
    async () => {
      const violations = findViolations(await readFacts(system.stack.env.POSTGRES_URL), accepted);
      deepStrictEqual(violations.slice(0, 20), []);
    },
    { timeoutMs: 120_000 },
  );
  const duplicates = await duplicatesSeen();
  t.diagnostic(`duplicate deliveries seen: ${JSON.stringify(duplicates)}`);
  // Whether a kill falls between a commit and its acknowledgement is chance, on one broker; that it never does is not. The
  // crash points kill at that very moment, on both.
  ok(
    duplicates.rabbitmq + duplicates.kafka > 0,
    'no duplicate delivery was seen: the test has proven nothing',
  );
});

for (const [name, database, damage, code] of [
  [
    'a charge too many',
    'conveyor_sandbox',
    `insert into ledger (key, order_id, kind, amount, currency)
     select key, order_id, 'refund', amount, currency from ledger charged where kind = 'charge'
     and not exists (select from ledger refunded where refunded.key = charged.key and kind = 'refund') limit 1`,
    'not-charged-exactly-once',
  ],
  [
    'a lost stream',
    'conveyor_order',
    `with one as (select stream_id from streams limit 1), gone as (
     delete from events where stream_id in (select stream_id from one)) select 1`,
    'accepted-order-lost',
  ],
  [
    'a stolen mug',
    'conveyor_inventory',
    `update products set on_hand = on_hand - 1 where sku = 'mug'`,
    'stock-not-conserved',
  ],
  [
    'a forgotten reservation',
    'conveyor_inventory',
    `update products set reserved = reserved + 1 where sku = 'mug'`,
    'stock-still-reserved',
  ],
] as const) {
  test(`the checker finds ${name}`, async () => {
    const { POSTGRES_URL } = system.stack.env;
    const accepted = (await readFacts(POSTGRES_URL)).orders.map(({ orderId }) => orderId);
    const url = new URL(POSTGRES_URL);
    url.pathname = `/${database}`;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(damage).finally(() => client.end());
    const found = new Set(
      findViolations(await readFacts(POSTGRES_URL), accepted).map((violation) => violation.code),
    );
    ok(found.has(code), [...found].join());
  });
}
