import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OrderView, Timeline } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import { testSeed } from '@conveyor/testing/seed';
import { randomFrom } from '../../scripts/measuring/random.ts';
import { type Combination, combinations } from './combinations.ts';
import { crashPoints, oneOfEachMoment } from './crash-points.ts';
import { type Databases, openDatabases } from './databases.ts';
import { fullSize } from './full-size.ts';
import { closeGate } from './gates.ts';
import { type System, startSystem } from './system.ts';

/** An order with the end that it must come to, whatever is killed. */
interface Expected {
  readonly orderId: string;
  readonly combination: Combination;
  end: `${OrderView['status']} ${OrderView['reason']}`;
}

const points = fullSize ? crashPoints : oneOfEachMoment(randomFrom(testSeed()));

let system: System;
let databases: Databases;
const orders: Expected[] = [];

before(async () => {
  system = await startSystem('crash-points', {
    QUOTE_TIMEOUT_MS: '20000',
    // Longer than all restarts together, so that no charge ends for that.
    PAYMENT_TIMEOUT_MS: '600000',
  });
  databases = openDatabases(system.stack.env.POSTGRES_URL);
});
after(async () => {
  await databases?.close();
  await system?.stop();
});

async function place(
  combination: Combination,
  paymentToken: string,
  end: Expected['end'],
): Promise<Expected> {
  const items = [{ sku: 'mug', quantity: 1 }];
  return eventually(
    async () => {
      const answer = await system.place({ customerId: 'ada', items, ...combination, paymentToken });
      strictEqual(answer.status, 202, JSON.stringify(answer.body));
      const order = { orderId: answer.body.orderId, combination, end };
      orders.push(order);
      return order;
    },
    { timeoutMs: 60_000 },
  );
}

/**
 * Of every combination one order that goes well, one that is declined, one that its customer will cancel while it is
 * charged, and one whose charge is never answered: that is under way until it is cancelled, too.
 */
function placeAll() {
  return Promise.all(
    combinations.map(async (combination) => {
      const [, , toCancel, open] = await Promise.all([
        place(combination, 'tok_approved', 'completed undefined'),
        place(combination, 'tok_declined', 'cancelled payment-declined'),
        place(combination, 'tok_slow', 'completed undefined'),
        place(combination, 'tok_timeout', 'cancelled cancelled-by-customer'),
      ]);
      return { toCancel, open };
    }),
  );
}

/**
 * Nobody answers while a service is away, so it is asked again. An order that is completed meanwhile stays so; one
 * that is cancelled already was so by a request whose answer got lost.
 */
async function cancelOnceReserved(order: Expected): Promise<void> {
  await eventually(
    async () => {
      const { status } = await system.order(order.orderId);
      ok(status && status !== 'pending', `the order is ${status}`);
    },
    { timeoutMs: 60_000 },
  );
  await eventually(
    async () => {
      const { status } = await system.call('POST', `/api/orders/${order.orderId}/cancel`);
      ok(status === 202 || status === 409, `cancelling is answered with ${status}`);
      const isCancelled = status === 202 || (await system.order(order.orderId)).status === 'cancelled';
      if (isCancelled) order.end = 'cancelled cancelled-by-customer';
    },
    { timeoutMs: 60_000 },
  );
}

/**
 * The rows of the outbox that somebody is deleting at this moment: whoever stands at a gate before a row has locked it.
 */
async function beingDeleted(database: string): Promise<readonly string[]> {
  const rows = await databases.query<{ readonly id: string }>(
    database,
    'select id from outbox where id not in (select id from outbox for update skip locked)',
  );
  return rows.map(({ id }) => id);
}

async function stillInOutbox(database: string, ids: readonly string[]): Promise<number> {
  const rows = await databases.query(database, 'select from outbox where id = any($1)', [ids]);
  return rows.length;
}

for (const { service, moment, consumer, place: held } of points) {
  test(`${service} dies ${moment}${consumer ? ` to ${consumer}` : ''}`, { timeout: 120_000 }, async () => {
    const victim = system.stack.services[service];
    await eventually(() => ok(victim.pid), { timeoutMs: 30_000 });
    const { pid } = victim;
    const gate = await closeGate(system.stack.env.POSTGRES_URL, { ...held, holds: 'first' });
    const cancelling: Promise<void>[] = [];
    let published: readonly string[] = [];
    try {
      const placed = await placeAll();
      cancelling.push(...placed.map(({ toCancel }) => cancelOnceReserved(toCancel)));
      await gate.reached();
      for (const { open } of placed) {
        const { status } = await system.order(open.orderId);
        ok(status === 'pending' || status === 'reserved', `nothing is in flight any more: ${status}`);
      }
      if (held.at === 'commit') {
        victim.kill('SIGSTOP');
        await gate.open();
      }
      if (held.on === 'delete') published = await beingDeleted(held.database);
      victim.kill('SIGKILL');
      // Before it is there again: what comes to the gate then may wait.
      await gate.turnAway();
      if (held.on === 'delete')
        ok(
          (await stillInOutbox(held.database, published)) > 0,
          'what was published is no longer in the outbox',
        );
      await eventually(() => notStrictEqual(victim.pid, pid));
      cancelling.push(...placed.map(({ open }) => cancelOnceReserved(open)));
    } finally {
      await gate.remove();
    }
    await Promise.all(cancelling);
    // By now it has been published a second time: nothing else takes it out.
    await eventually(async () => strictEqual(await stillInOutbox(held.database, published), 0), {
      timeoutMs: 60_000,
    });
  });
}

test('every order of every combination has come to its right end', { timeout: 240_000 }, async (t) => {
  t.diagnostic(`${points.length} kills of ${crashPoints.length}, ${orders.length} orders`);
  for (const { orderId, combination, end } of orders) {
    const { status, reason } = await system.final(orderId, 120_000);
    strictEqual(`${status} ${reason}`, end, `${orderId}, ${combination.saga} on ${combination.broker}`);
  }
  await eventually(
    async () => {
      const accepted = orders.map(({ orderId }) => orderId);
      const violations = findViolations(await readFacts(system.stack.env.POSTGRES_URL), accepted);
      deepStrictEqual(violations.slice(0, 10), []);
    },
    { timeoutMs: 60_000 },
  );
  for (const { orderId } of orders) {
    await eventually(
      async () => {
        const { body } = await system.call<Timeline>('GET', `/api/orders/${orderId}/timeline`);
        deepStrictEqual([body.saga.state, body.saga.next], ['done', []], orderId);
      },
      { timeoutMs: 30_000 },
    );
  }
});
