import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ServiceName } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import { combinations } from './combinations.ts';
import { closeGate, type Place } from './gates.ts';
import { type System, startSystem } from './system.ts';

/** A moment at which a process may die. */
interface CrashPoint {
  readonly service: ServiceName;
  readonly moment: string;
  /**
   * Where the process is held. With `at: 'commit'` it is frozen there, the commit goes through, and it dies
   * without having heard of it: after the commit, before anything that would follow.
   */
  readonly place: Place;
}

const database = (service: ServiceName) => `conveyor_${service.replaceAll('-', '_')}`;

const sagaServices = ['order', 'order-saga', 'inventory', 'payment'] as const;

/** Of every service: the consumers whose acknowledgement is missing when it dies. */
const consumers = [
  ['order', 'order.events'],
  ['order', 'order.commands'],
  ['order-saga', 'order-saga.events'],
  ['inventory', 'inventory.events'],
  ['inventory', 'inventory.commands'],
  ['payment', 'payment.events'],
  ['payment', 'payment.charge'],
  ['payment', 'payment.refund'],
] as const;

const points: readonly CrashPoint[] = [
  ...sagaServices.map((service) => ({
    service,
    moment: 'after the commit, before the publish',
    place: { database: database(service), table: 'outbox', on: 'select' as const },
  })),
  ...sagaServices.map((service) => ({
    service,
    moment: 'after the publish, before its row is deleted from the outbox',
    place: { database: database(service), table: 'outbox', on: 'delete' as const },
  })),
  ...consumers.map(([service, consumer]) => ({
    service,
    moment: `after the commit, before the acknowledgement to ${consumer}`,
    place: {
      database: database(service),
      table: 'inbox',
      on: 'insert' as const,
      when: `new.consumer = '${consumer}'`,
      at: 'commit' as const,
    },
  })),
  {
    service: 'payment',
    moment: 'between the intent and the call of the provider',
    place: {
      database: 'conveyor_payment',
      table: 'charges',
      on: 'insert',
      when: `new.status = 'charging'`,
      at: 'commit',
    },
  },
  {
    service: 'payment',
    moment: 'between the call of the provider and its outcome',
    place: { database: 'conveyor_payment', table: 'charges', on: 'update', when: `new.status = 'charged'` },
  },
  {
    service: 'payment',
    moment: 'in the middle of a compensation: money given back, not written down',
    place: { database: 'conveyor_payment', table: 'charges', on: 'update', when: `new.status = 'refunded'` },
  },
  {
    service: 'inventory',
    moment: 'in the middle of a compensation: while goods are released',
    place: {
      database: 'conveyor_inventory',
      table: 'reservations',
      on: 'update',
      when: `new.status = 'released'`,
    },
  },
  {
    service: 'order-saga',
    moment: 'in the middle of a compensation: between two of its steps',
    place: {
      database: 'conveyor_order_saga',
      table: 'sagas',
      on: 'update',
      when: `new.status = 'compensating' and old.status = 'compensating'`,
      at: 'commit',
    },
  },
];

let system: System;
const accepted: string[] = [];

before(async () => {
  system = await startSystem('crash-points', { QUOTE_TIMEOUT_MS: '20000' });
});
after(() => system?.stop());

async function place(request: object): Promise<string> {
  return eventually(
    async () => {
      const { status, body } = await system.place({
        customerId: 'ada',
        items: [{ sku: 'mug', quantity: 1 }],
        ...request,
      });
      strictEqual(status, 202, JSON.stringify(body));
      accepted.push(body.orderId);
      return body.orderId;
    },
    { timeoutMs: 60_000 },
  );
}

/** Of every combination one order that goes well, one that is declined, and one that its customer cancels while it is charged. */
async function placeAll(): Promise<void> {
  await Promise.all(
    combinations.flatMap((combination) => [
      place(combination),
      place({ ...combination, paymentToken: 'tok_declined' }),
      place({ ...combination, paymentToken: 'tok_slow' }).then(cancelOnceReserved),
    ]),
  );
}

/** Nobody answers while a service is away, so it is asked again; an order that is final meanwhile is none to cancel. */
async function cancelOnceReserved(orderId: string): Promise<void> {
  await eventually(
    async () => {
      const { body } = await system.call<{ status?: string }>('GET', `/api/orders/${orderId}`);
      ok(body.status && body.status !== 'pending', `the order is ${body.status}`);
    },
    { timeoutMs: 60_000 },
  );
  await eventually(
    async () => {
      const { status } = await system.call('POST', `/api/orders/${orderId}/cancel`);
      ok(status === 202 || status === 409, `cancelling is answered with ${status}`);
    },
    { timeoutMs: 60_000 },
  );
}

for (const { service, moment, place: held } of points) {
  test(`${service} dies ${moment}`, { timeout: 120_000 }, async () => {
    const victim = system.stack.services[service];
    await eventually(() => ok(victim.pid), { timeoutMs: 30_000 });
    const { pid } = victim;
    const gate = await closeGate(system.stack.env.POSTGRES_URL, held);
    let placing: Promise<void>;
    try {
      placing = placeAll();
      await gate.reached();
      if (held.at === 'commit') {
        victim.kill('SIGSTOP');
        await gate.open();
      }
      victim.kill('SIGKILL');
      await eventually(() => notStrictEqual(victim.pid, pid));
    } finally {
      await gate.remove();
    }
    await placing;
  });
}

test('every order of every combination has come to its right end', { timeout: 180_000 }, async (t) => {
  t.diagnostic(`${points.length} kills, ${accepted.length} orders`);
  await Promise.all(accepted.map((orderId) => system.final(orderId, 120_000)));
  await eventually(
    async () => {
      const violations = findViolations(await readFacts(system.stack.env.POSTGRES_URL), accepted);
      deepStrictEqual(violations.slice(0, 10), []);
    },
    { timeoutMs: 60_000 },
  );
});
