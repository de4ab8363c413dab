import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { CancelReason } from '@conveyor/contracts';
import type { LedgerEntry, Timeline } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import { brokers, type Combination, combinations } from './combinations.ts';
import { type Databases, openDatabases } from './databases.ts';
import { closeGate, type Gate, type Place } from './gates.ts';
import { ledgerOf } from './ledger.ts';
import { type System, startSystem } from './system.ts';

/** Longer than any other turn of an order takes here, so that only who is meant to expire does. */
const expiresAfterMs = 12_000;

let system: System;
let databases: Databases;
const accepted: string[] = [];

before(async () => {
  system = await startSystem('sagas', {
    ORDER_EXPIRES_AFTER_MS: String(expiresAfterMs),
    QUOTE_TIMEOUT_MS: '20000',
    // Whoever stands before a gate holds a connection; requests need one as well.
    DATABASE_POOL_SIZE: '25',
  });
  databases = openDatabases(system.stack.env.POSTGRES_URL);
});
after(async () => {
  await databases?.close();
  await system?.stop();
});

/** What must have become of an order. */
interface End {
  readonly status: 'completed' | 'cancelled';
  readonly reason?: CancelReason;
  /** What the provider's ledger must hold; where a race decides, all that it may. */
  readonly ledger: readonly (readonly LedgerEntry['kind'][])[];
  readonly reservation: readonly string[];
  /** An event that must be in the stream. */
  readonly event?: string;
}

const completed: End = { status: 'completed', ledger: [['charge']], reservation: ['sold'] };

const nothingLasting: End['ledger'] = [[], ['charge', 'refund']];

function cancelled(reason: CancelReason, more: Partial<End> = {}): End {
  return { status: 'cancelled', reason, ledger: [[]], reservation: ['released'], ...more };
}

async function place(combination: Combination, more: object = {}): Promise<string> {
  const request = { customerId: 'ada', items: [{ sku: 'mug', quantity: 2 }], ...combination, ...more };
  const { status, body } = await system.place(request);
  strictEqual(status, 202, JSON.stringify(body));
  accepted.push(body.orderId);
  return body.orderId;
}

async function cancel(orderId: string, expected = 202): Promise<void> {
  const { status, body } = await system.call('POST', `/api/orders/${orderId}/cancel`);
  strictEqual(status, expected, JSON.stringify(body));
}

async function eventsOf(orderId: string): Promise<string[]> {
  const rows = await databases.query<{ type: string }>(
    'conveyor_order',
    'select type from events where stream_id = $1 order by version',
    [orderId],
  );
  return rows.map(({ type }) => type);
}

async function reservationOf(orderId: string): Promise<string> {
  const [row] = await databases.query<{ status: string }>(
    'conveyor_inventory',
    'select status from reservations where order_id = $1',
    [orderId],
  );
  return row?.status ?? 'none';
}

/** Resolves once payment has written this down of the order's charge. */
function chargeIs(orderId: string, status: 'charging' | 'refunded'): Promise<void> {
  return eventually(
    async () => {
      const rows = await databases.query(
        'conveyor_payment',
        'select from charges where order_id = $1 and status = $2',
        [orderId, status],
      );
      ok(rows.length > 0, `the charge is not ${status}`);
    },
    { timeoutMs: 20_000 },
  );
}

const has = (orderId: string, status: string) =>
  eventually(async () => strictEqual((await system.order(orderId)).status, status), { timeoutMs: 20_000 });

const hasEvent = (orderId: string, type: string) =>
  eventually(async () => ok((await eventsOf(orderId)).includes(type), `there is no ${type}`), {
    timeoutMs: 30_000,
  });

/** Resolves once the order is cancelled or, where somebody conducts, the orchestrator has heard that it shall be. */
const isGivenUp = (orderId: string) =>
  eventually(
    async () => {
      const [saga] = await databases.query<{ status: string }>(
        'conveyor_order_saga',
        'select status from sagas where id = $1',
        [orderId],
      );
      const { status } = await system.order(orderId);
      ok(status === 'cancelled' || saga?.status === 'compensating', `${status}, ${saga?.status}`);
    },
    { timeoutMs: 60_000 },
  );

async function cancelAndWait(orderId: string): Promise<void> {
  await cancel(orderId);
  await isGivenUp(orderId);
}

/** The order, the money, the goods and the timeline: all of them must tell of the same end. */
async function ends(orderId: string, expected: End): Promise<void> {
  const order = await system.final(orderId, 60_000);
  deepStrictEqual([order.status, order.reason], [expected.status, expected.reason]);
  await eventually(
    async () => {
      const kinds = (await ledgerOf(system, orderId)).map(({ kind }) => kind);
      ok(
        expected.ledger.some((each) => each.join() === kinds.join()),
        `the ledger holds ${kinds.join() || 'nothing'}`,
      );
      ok(
        expected.reservation.includes(await reservationOf(orderId)),
        `the reservation is ${await reservationOf(orderId)}`,
      );
      const timeline = await system.call<Timeline>('GET', `/api/orders/${orderId}/timeline`);
      deepStrictEqual([timeline.body.saga.state, timeline.body.saga.next], ['done', []]);
    },
    { timeoutMs: 30_000 },
  );
  if (expected.event) ok((await eventsOf(orderId)).includes(expected.event));
}

/** One wrong (or right) turn, taken by an order of each combination at the same time. */
function turn(
  name: string,
  run: (combination: Combination) => Promise<{ readonly orderId: string; readonly end: End }>,
): void {
  test(name, { timeout: 120_000, concurrency: true }, async (t: TestContext) => {
    await Promise.all(
      combinations.map((combination) =>
        t.test(nameOf(combination), async () => {
          const { orderId, end } = await run(combination);
          await ends(orderId, end);
        }),
      ),
    );
  });
}

interface HeldTurn {
  readonly held: Place;
  /** Absent: all. */
  readonly combinations?: readonly Combination[];
  /** What happens to the order while it is held. */
  readonly act: (orderId: string) => Promise<void>;
  readonly end: End | ((combination: Combination) => End);
}

/** The same for what must happen at one moment: there the orders are held at a gate. */
function heldTurn(name: string, options: HeldTurn): void {
  const { held, combinations: taken = combinations, act, end } = options;
  test(name, { timeout: 120_000 }, async (t: TestContext) => {
    const gate = await closeGate(system.stack.env.POSTGRES_URL, held);
    const orders: string[] = [];
    try {
      orders.push(...(await Promise.all(taken.map((combination) => place(combination)))));
      await gate.reached();
      await Promise.all(orders.map((orderId) => act(orderId)));
    } finally {
      await gate.remove();
    }
    for (const [index, combination] of taken.entries()) {
      const expected = typeof end === 'function' ? end(combination) : end;
      await t.test(nameOf(combination), () => ends(orders[index] ?? '', expected));
    }
  });
}

function nameOf({ saga, broker }: Combination): string {
  return `${saga} on ${broker}`;
}

turn('approved', async (combination) => ({ orderId: await place(combination), end: completed }));

turn('declined', async (combination) => ({
  orderId: await place(combination, { paymentToken: 'tok_declined' }),
  end: cancelled('payment-declined'),
}));

turn('out of stock', async (combination) => ({
  orderId: await place(combination, { items: [{ sku: 'moon-rock', quantity: 1 }] }),
  end: cancelled('out-of-stock', { reservation: ['rejected'] }),
}));

turn('the provider never answers', async (combination) => ({
  orderId: await place(combination, { paymentToken: 'tok_timeout' }),
  end: cancelled('payment-timeout'),
}));

turn('the provider fails twice', async (combination) => ({
  orderId: await place(combination, { paymentToken: 'tok_flaky' }),
  end: completed,
}));

const orchestrated = combinations.filter(({ saga }) => saga === 'orchestration');

const beforeReserve: Place = {
  database: 'conveyor_inventory',
  table: 'inbox',
  on: 'insert',
  when: `new.consumer in ('inventory.events', 'inventory.commands')`,
};

/** Where nobody conducts, the reservation may still lead to a charge, and the refund runs after it; an orchestrator asks for none. */
const givenUpBeforeReserve =
  (reason: CancelReason) =>
  ({ saga }: Combination): End =>
    cancelled(reason, {
      ledger: saga === 'choreography' ? nothingLasting : [[]],
      reservation: ['released', 'withdrawn'],
    });

heldTurn('cancelled before its goods are reserved', {
  held: beforeReserve,
  act: cancelAndWait,
  end: givenUpBeforeReserve('cancelled-by-customer'),
});

heldTurn('not paid in time', {
  held: beforeReserve,
  async act(orderId) {
    await hasEvent(orderId, 'order.cancel-requested');
    await isGivenUp(orderId);
  },
  end: givenUpBeforeReserve('expired'),
});

heldTurn('cancelled between reserve and charge', {
  held: { database: 'conveyor_payment', table: 'charges', on: 'insert', when: `new.status = 'charging'` },
  async act(orderId) {
    await has(orderId, 'reserved');
    await cancel(orderId);
    // The refund overtakes the charge that is held here, and what it leaves refuses it.
    await chargeIs(orderId, 'refunded');
  },
  end: cancelled('cancelled-by-customer'),
});

turn('cancelled while the charge is in flight', async (combination) => {
  const orderId = await place(combination, { paymentToken: 'tok_slow' });
  await chargeIs(orderId, 'charging');
  await cancel(orderId);
  return { orderId, end: cancelled('cancelled-by-customer', { ledger: nothingLasting }) };
});

// What the orchestrator hears of the payment and of the customer's wish waits for it at the same time.
test('cancelled after payment, before completion', { timeout: 120_000 }, async (t: TestContext) => {
  const { POSTGRES_URL } = system.stack.env;
  const outcomes: Place = {
    database: 'conveyor_payment',
    table: 'charges',
    on: 'update',
    when: `new.status = 'charged'`,
  };
  const inbox = { database: 'conveyor_order_saga', table: 'inbox', on: 'insert' } as const;
  const charged = await closeGate(POSTGRES_URL, outcomes);
  const orders: string[] = [];
  let heard: Gate | undefined;
  try {
    orders.push(...(await Promise.all(orchestrated.map((combination) => place(combination)))));
    await charged.reached(orders.length);
    heard = await closeGate(POSTGRES_URL, inbox);
    await charged.open();
    for (const orderId of orders) {
      await has(orderId, 'paid');
      await cancel(orderId);
    }
    await heard.reached();
  } finally {
    await Promise.all([heard?.remove(), charged.remove()]);
  }
  const end = cancelled('cancelled-by-customer', { ledger: [['charge', 'refund']] });
  for (const [index, combination] of orchestrated.entries()) {
    await t.test(nameOf(combination), () => ends(orders[index] ?? '', end));
  }
});

// The orchestrator has asked for completion when the customer asks for the opposite, and gets there first.
heldTurn('completion refused', {
  held: { database: 'conveyor_order', table: 'inbox', on: 'insert', when: `new.consumer = 'order.commands'` },
  combinations: orchestrated,
  async act(orderId) {
    await has(orderId, 'paid');
    await cancel(orderId);
  },
  end: cancelled('cancelled-by-customer', {
    ledger: [['charge', 'refund']],
    event: 'order.completion-refused',
  }),
});

test('cancelled after completion: refused, and nothing changes', async () => {
  for (const combination of combinations) {
    const orderId = await place(combination);
    await ends(orderId, completed);
    await cancel(orderId, 409);
    await ends(orderId, completed);
  }
});

test('cancelling twice asks once; the first reason wins', async () => {
  const gate = await closeGate(system.stack.env.POSTGRES_URL, beforeReserve);
  const orders: string[] = [];
  try {
    for (const combination of orchestrated) orders.push(await place(combination));
    await gate.reached();
    for (const orderId of orders) {
      await cancel(orderId);
      await cancel(orderId);
      strictEqual((await eventsOf(orderId)).filter((type) => type === 'order.cancel-requested').length, 1);
      await isGivenUp(orderId);
    }
  } finally {
    await gate.remove();
  }
  for (const orderId of orders) {
    await ends(orderId, cancelled('cancelled-by-customer', { reservation: ['released', 'withdrawn'] }));
  }
});

test('an order that nobody knows cannot be cancelled, and has no timeline', async () => {
  const unknown = '01890000-0000-7000-8000-000000000000';
  await cancel(unknown, 404);
  await cancel('nonsense', 404);
  strictEqual((await system.call('GET', `/api/orders/${unknown}/timeline`)).status, 404);
});

test('the time to pay runs on while the order service and both brokers restart', {
  timeout: 180_000,
}, async () => {
  const gate = await closeGate(system.stack.env.POSTGRES_URL, beforeReserve);
  const orders: string[] = [];
  try {
    for (const combination of combinations) orders.push(await place(combination));
    await gate.reached();
    system.stack.services.order.kill();
    await Promise.all(
      brokers.map(async (broker) => {
        await system.stack.servers[broker].stop('SIGKILL');
        await system.stack.servers[broker].start();
      }),
    );
    for (const orderId of orders) await isGivenUp(orderId);
  } finally {
    await gate.remove();
  }
  for (const [index, combination] of combinations.entries()) {
    await ends(orders[index] ?? '', givenUpBeforeReserve('expired')(combination));
  }
});

test('at the end everything adds up', async () => {
  strictEqual(new Set(accepted).size, accepted.length);
  await eventually(
    async () => {
      const violations = findViolations(await readFacts(system.stack.env.POSTGRES_URL), accepted);
      deepStrictEqual(violations.slice(0, 10), []);
    },
    { timeoutMs: 60_000 },
  );
});
