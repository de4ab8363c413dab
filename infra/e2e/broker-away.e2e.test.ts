import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BrokerName } from '@conveyor/contracts';
import type { Health } from '@conveyor/contracts/http';
import { family, processes } from '@conveyor/local/processes';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import { type Backlog, prepareBacklog } from './backlog.ts';
import { type Databases, openDatabases } from './databases.ts';
import { fullSize } from './full-size.ts';
import { type OrderEvents, queueOrderEvents, readOrderLog } from './order-events.ts';
import { type System, startSystem } from './system.ts';

let system: System;
let databases: Databases;

before(async () => {
  system = await startSystem('broker-away', {
    QUOTE_TIMEOUT_MS: '1500',
    // Longer than a broker is away here: the time that a charge may take does not stand still meanwhile.
    PAYMENT_TIMEOUT_MS: '60000',
  });
  databases = openDatabases(system.stack.env.POSTGRES_URL);
});
after(async () => {
  await databases?.close();
  await system?.stop();
});

const open = { rabbitmq: queueOrderEvents, kafka: readOrderLog };
const patient = { timeoutMs: 120_000 };

const order = (broker: string, paymentToken = 'tok_approved') => ({
  customerId: 'ada',
  items: [{ sku: 'mug', quantity: 1 }],
  broker,
  paymentToken,
});

/** The orders that clients were told of. */
const told: string[] = [];

const place: System['place'] = async (request, options) => {
  const answer = await system.place(request, options);
  if (answer.status < 300) told.push(answer.body.orderId);
  return answer;
};

/** Places so many at once; all are accepted. */
async function placeAll(count: number, request: ReturnType<typeof order>): Promise<readonly string[]> {
  const placed = await Promise.all(Array.from({ length: count }, () => place(request)));
  ok(
    placed.every(({ status }) => status === 202),
    placed.map(({ status }) => status).join(),
  );
  return placed.map(({ body }) => body.orderId);
}

/** What waits in the outbox of the order service for `broker`, as `/api/health` says. */
async function lagOf(broker: BrokerName) {
  const { body } = await system.call<Health>('GET', '/api/health');
  const lag = body.services['order']?.outbox?.[broker];
  ok(lag, JSON.stringify(body));
  return lag;
}

/** Waits until no service has anything left to send. */
async function untilDrained(): Promise<void> {
  await eventually(async () => {
    const { body } = await system.call<Health>('GET', '/api/health');
    const lags = Object.values(body.services).flatMap(({ outbox }) => (outbox ? Object.values(outbox) : []));
    // Seven services have an outbox, and each a lag on either broker.
    deepStrictEqual(
      lags,
      Array.from({ length: 14 }, () => ({ waiting: 0, oldestMs: 0, parked: 0 })),
    );
  }, patient);
}

/** Waits until all events of these orders have arrived: those of each order as they happened, with no gap. */
async function assertInOrder(events: OrderEvents, orderIds: readonly string[]): Promise<void> {
  const orders = await Promise.all(orderIds.map((orderId) => system.order(orderId)));
  await eventually(async () => {
    const arrived = await events.arrived();
    for (const { orderId, version } of orders) {
      deepStrictEqual(
        arrived.get(orderId),
        Array.from({ length: version }, (_, n) => n + 1),
      );
    }
  }, patient);
}

for (const [away, other] of [
  ['rabbitmq', 'kafka'],
  ['kafka', 'rabbitmq'],
] as const) {
  test(`without ${away} orders on ${other} go on, accepted ones wait and end, new ones get 503`, {
    timeout: 400_000,
  }, async (t) => {
    const events = await open[away](system.stack);
    t.after(() => events.close());
    // A slow provider: these are still under way when the broker goes.
    const accepted = await placeAll(20, order(away, 'tok_slow'));
    await system.stack.servers[away].stop('SIGKILL');

    const refused = await place(order(away));
    strictEqual(refused.status, 503);
    ok(Number(refused.headers.get('retry-after')) > 0);
    for (let n = 0; n < 5; n += 1) {
      const going = await place(order(other), { wait: 20 });
      strictEqual(going.body.status, 'completed');
    }
    const [waiting, toBeCancelled] = [accepted.slice(0, 10), accepted.slice(10)];
    for (const orderId of toBeCancelled) {
      strictEqual((await system.call('POST', `/api/orders/${orderId}/cancel`)).status, 202);
    }
    const health = await system.call('GET', '/api/health');
    strictEqual(health.status, 503);
    ok((await lagOf(away)).waiting >= toBeCancelled.length);
    for (const orderId of waiting) ok((await system.order(orderId)).status !== 'completed');

    await system.stack.servers[away].start();
    for (const orderId of waiting)
      strictEqual((await system.final(orderId, patient.timeoutMs)).status, 'completed');
    for (const orderId of toBeCancelled)
      strictEqual((await system.final(orderId, patient.timeoutMs)).status, 'cancelled');
    await assertInOrder(events, accepted);
    await eventually(async () => strictEqual((await place(order(away))).status, 202), patient);
    await eventually(async () => strictEqual((await system.call('GET', '/api/health')).status, 200), patient);
  });
}

describe('the log of all orders, which is on Kafka,', { timeout: 500_000 }, () => {
  const [orders, backlogSize] = fullSize ? [150, 20_000] : [50, 12_000];
  /** Node lets 64 MB of buffers gather before it looks which of them are still in use. All that waits is 290 MB or more. */
  const memoryBound = 220_000_000;
  let backlog: Backlog;
  let placed: readonly string[];
  let memoryBefore: number;

  before(async () => {
    backlog = await prepareBacklog(system.stack, databases);
    await untilDrained();
    await system.stack.servers.kafka.stop('SIGKILL');
  });
  after(() => system.stack.servers.kafka.start());

  /** By how many bytes the order service has grown since the backlog was made. */
  async function memoryGrowth(): Promise<number> {
    return (await memory()) - memoryBefore;
  }

  async function memory(): Promise<number> {
    const pid = system.stack.services.order.pid;
    ok(pid);
    return family(pid, await processes()).reduce((sum, each) => sum + each.memory, 0);
  }

  test('waits for it in the outbox, seen in health, while orders on RabbitMQ complete', async () => {
    placed = await placeAll(orders, order('rabbitmq'));
    for (const orderId of placed)
      strictEqual((await system.final(orderId, patient.timeoutMs)).status, 'completed');
    await eventually(async () => strictEqual((await lagOf('rabbitmq')).waiting, 0));
    const lag = await lagOf('kafka');
    // The order hears of the payment first now and then, and is then never reserved: how many events it has, it says itself.
    const ended = await Promise.all(placed.map((orderId) => system.order(orderId)));
    const snapshots = ended.length;
    strictEqual(lag.waiting, snapshots + ended.reduce((sum, { version }) => sum + version, 0));
    await eventually(async () => ok((await lagOf('kafka')).oldestMs > lag.oldestMs));
  });

  test('is counted no further than 10,000 by health, however much of it waits', async () => {
    memoryBefore = await memory();
    await backlog.grow(backlogSize);
    strictEqual((await lagOf('kafka')).waiting, 10_000);
  });

  test('is whole and in order once Kafka is back, and memory did not grow while it was sent', async (t) => {
    await system.stack.servers.kafka.start();
    let peak = 0;
    await eventually(async () => {
      peak = Math.max(peak, await memoryGrowth());
      strictEqual((await lagOf('kafka')).waiting, 0);
    }, patient);
    t.diagnostic(`the order service had ${memoryBefore} bytes and grew by at most ${peak}`);
    ok(peak < memoryBound, `${peak} bytes`);
    const log = await readOrderLog(system.stack);
    t.after(() => log.close());
    await assertInOrder(log, placed);
    strictEqual(await backlog.arrived(), backlogSize);
    await untilDrained();
  });
});

test('at the end everything adds up', async () => {
  await eventually(async () => {
    const violations = findViolations(await readFacts(system.stack.env.POSTGRES_URL), told);
    ok(violations.length === 0, JSON.stringify(violations));
  }, patient);
});
