import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { derivedMessageId, newMessageId } from '@conveyor/brokers';
import { traceIdOf } from '@conveyor/patterns/correlation-tracing/trace-context';
import { lockSaga } from '@conveyor/patterns/saga-orchestration/saga-store';
import { createHttp } from '@conveyor/service-kit/http';
import { createLogger } from '@conveyor/service-kit/logger';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { addSagaRoute } from '../src/adapters/saga-route.ts';
import { createListening } from '../src/handlers/listening.ts';
import type { OrderSaga } from '../src/order-saga.ts';
import { orderOn, patient, startWorld, type World } from './order-saga.ts';

let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world.stop());

/** The same saga with no patience for its steps, */
const hasty: OrderSaga = { ...patient, steps: patient.steps.map((step) => ({ ...step, limitMs: 0 })) };

/** and with none for their compensations either. */
const impatient: OrderSaga = {
  ...hasty,
  steps: hasty.steps.map((step) => ({ ...step, undo: { ...step.undo, limitMs: 0 } })),
};

async function typesSentAbout(orderId: string) {
  return (await world.sentAbout(orderId)).map(({ attributes }) => attributes['type']);
}

async function deliverAll(messages: readonly Message[], saga?: OrderSaga) {
  for (const message of messages) await world.deliver(message, saga);
}

/** Delivers all while another transaction holds the saga, so that they wait for it side by side. */
async function deliverAtOnce(orderId: string, messages: readonly Message[]) {
  const delivered = await world.database.transaction(async (tx) => {
    await lockSaga(tx, orderId);
    const deliveries = Promise.all(messages.map((message) => world.deliver(message)));
    await world.blocked(messages.length);
    return { deliveries };
  });
  await delivered.deliveries;
}

for (const broker of ['rabbitmq', 'kafka'] as const) {
  test(`an order on ${broker} is led to its end, on its broker and under its correlation`, async () => {
    const { orderId, created, reserved, paid, completed } = orderOn(broker);
    await deliverAll([created, reserved, paid, completed]);
    deepStrictEqual(await world.progressOf(orderId), {
      state: 'done',
      done: ['create', 'reserve', 'charge', 'complete'],
      next: [],
    });
    const sent = await world.sentAbout(orderId);
    const causes = [created, reserved, paid];
    deepStrictEqual(
      sent.map((row) => [
        row.broker,
        row.attributes['type'],
        row.attributes['id'],
        row.attributes['causationid'],
      ]),
      [
        [broker, 'inventory.reserve', derivedMessageId(orderId, 'reserve'), created.id],
        [broker, 'payment.charge', derivedMessageId(orderId, 'charge'), reserved.id],
        [broker, 'order.complete', derivedMessageId(orderId, 'complete'), paid.id],
      ],
    );
    for (const [index, { attributes }] of sent.entries()) {
      const { envelope } = causes[index] ?? created;
      deepStrictEqual(
        [attributes['saga'], attributes['broker'], attributes['correlationid']],
        ['orchestration', broker, envelope.correlationid],
      );
      strictEqual(traceIdOf(attributes['traceparent']), traceIdOf(envelope.traceparent));
    }
  });
}

test('of a message that comes five times at once one command is sent', async () => {
  const { orderId, created } = orderOn('kafka');
  await Promise.all(Array.from({ length: 5 }, () => world.deliver(created)));
  deepStrictEqual(await typesSentAbout(orderId), ['inventory.reserve']);
});

test('the same reply in another message changes nothing', async () => {
  const { orderId, created, reserved } = orderOn('kafka');
  await deliverAll([created, reserved, { ...reserved, id: newMessageId() }]);
  deepStrictEqual(await typesSentAbout(orderId), ['inventory.reserve', 'payment.charge']);
});

test('two messages of a saga at the same time are taken one after the other', async () => {
  const { orderId, created, reserved, cancelRequested } = orderOn('kafka');
  await world.deliver(created);
  await deliverAtOnce(orderId, [reserved, cancelRequested]);
  const sent = (await typesSentAbout(orderId)).join();
  ok(
    [
      'inventory.reserve,payment.charge,payment.refund', // the reservation was heard of first
      'inventory.reserve,inventory.release',
    ].includes(sent),
    sent,
  );
});

test('the first two messages of a saga at the same time, thirty orders: each ends in undoing', async () => {
  await Promise.all(
    Array.from({ length: 30 }, async () => {
      const { orderId, created, cancelRequested } = orderOn('kafka');
      await Promise.all([world.deliver(cancelRequested), world.deliver(created)]);
      const sent = (await typesSentAbout(orderId)).join();
      ok(['order.cancel', 'inventory.reserve,inventory.release'].includes(sent), sent);
      strictEqual((await world.progressOf(orderId)).state, 'compensating');
    }),
  );
});

test('a cancellation that overtakes the order is kept until the order comes', async () => {
  const { orderId, created, cancelRequested, cancelled } = orderOn('rabbitmq');
  await world.deliver(cancelRequested);
  deepStrictEqual(await typesSentAbout(orderId), []);
  deepStrictEqual(await world.progressOf(orderId), {
    state: 'compensating',
    reason: 'expired',
    done: [],
    next: ['create', 'undo create'],
  });
  await deliverAll([created, cancelled]);
  deepStrictEqual(await typesSentAbout(orderId), ['order.cancel']);
  deepStrictEqual(await world.progressOf(orderId), {
    state: 'done',
    reason: 'expired',
    done: ['create', 'undo create'],
    next: [],
  });
});

test('a step that is not answered is undone; the command carries what the saga’s messages carry', async () => {
  const { orderId, created } = orderOn('rabbitmq');
  await world.deliver(created, hasty);
  deepStrictEqual(await world.sweep(hasty), [orderId]);
  const [reserve, release, ...others] = await world.sentAbout(orderId);
  deepStrictEqual(others, []);
  ok(reserve && release);
  const { traceparent: _, time: __, ...attributes } = release.attributes;
  deepStrictEqual(attributes, {
    id: derivedMessageId(orderId, 'undo reserve'),
    type: 'inventory.release',
    source: '/order-saga',
    subject: orderId,
    dataschema: 'urn:conveyor:inventory.release:1',
    correlationid: created.envelope.correlationid,
    causationid: reserve.attributes['id'],
    saga: 'orchestration',
    broker: 'rabbitmq',
  });
  strictEqual(release.broker, 'rabbitmq');
  strictEqual(traceIdOf(release.attributes['traceparent']), traceIdOf(created.envelope.traceparent));
});

test('a compensation that is not answered leaves the saga stuck, once, until the reply comes after all', async () => {
  const { orderId, created, released } = orderOn('kafka');
  await world.deliver(created, impatient);
  await world.sweep(impatient);
  deepStrictEqual(await world.sweep(impatient), [orderId]);
  const { rows } = await world.database.query('select status from sagas where id = $1', [orderId]);
  deepStrictEqual(rows, [{ status: 'stuck' }]);
  strictEqual(
    (await world.progressOf(orderId)).reason,
    'inventory.release has not been answered for 0 seconds',
  );
  deepStrictEqual(await world.sweep(impatient), []);
  deepStrictEqual(await world.recordedAbout(orderId), [
    'compensating (expired), next: undo reserve',
    'stuck (inventory.release has not been answered for 0 seconds), next: undo reserve',
  ]);

  await world.deliver(released, impatient);
  deepStrictEqual(await typesSentAbout(orderId), ['inventory.reserve', 'inventory.release', 'order.cancel']);
  strictEqual((await world.progressOf(orderId)).state, 'compensating');
});

test('a saga of which nothing can be decided is stuck, and does not keep others from being ended', async () => {
  const renamed = {
    ...hasty,
    steps: hasty.steps.map((step) => ({ ...step, name: `${step.name} once more` })),
  };
  const [bad, good] = [orderOn('kafka'), orderOn('rabbitmq')];
  await world.deliver(bad.created, renamed);
  await world.deliver(good.created, hasty);
  deepStrictEqual(await world.sweep(hasty), [bad.orderId, good.orderId]);
  deepStrictEqual(await typesSentAbout(good.orderId), ['inventory.reserve', 'inventory.release']);

  const reason = 'the saga has no step called reserve once more';
  deepStrictEqual(await world.progressOf(bad.orderId), {
    state: 'stuck',
    reason,
    done: ['create'],
    next: ['reserve once more'],
  });
  deepStrictEqual(await world.recordedAbout(bad.orderId), [`stuck (${reason}), next: reserve once more`]);
  const { rows } = await world.database.query('select status, overdue_at from sagas where id = $1', [
    bad.orderId,
  ]);
  deepStrictEqual(rows, [{ status: 'stuck', overdue_at: null }]);
  deepStrictEqual(await world.sweep(hasty), []);
});

test('an error of the database is nobody’s fault: it takes back all, and the next sweep does it anew', async () => {
  const orders = [orderOn('kafka'), orderOn('kafka')];
  for (const { created } of orders) await world.deliver(created, hasty);
  const ids = orders.map(({ orderId }) => orderId);
  await rejects(
    world.sweep(hasty, (tx) => tx.query('select 1 / 0')),
    { message: 'division by zero' },
  );
  for (const id of ids) strictEqual((await world.progressOf(id)).state, 'running');
  deepStrictEqual(await world.sweep(hasty), ids);
});

test('a request to cancel that no order follows leaves the saga stuck, until the order comes after all', async () => {
  const { orderId, created, cancelRequested } = orderOn('kafka');
  const hurried = { ...hasty, start: { ...hasty.start, limitMs: 0 } };
  await world.deliver(cancelRequested, hurried);
  deepStrictEqual(await world.sweep(hurried), [orderId]);
  const stuck = 'stuck (order.created has not come for 0 seconds), next: create';
  deepStrictEqual(await world.recordedAbout(orderId), [stuck]);
  await world.deliver(created);
  deepStrictEqual(await typesSentAbout(orderId), ['order.cancel']);
  strictEqual((await world.progressOf(orderId)).state, 'compensating');
});

test('a saga that is answered in time is left alone', async () => {
  const { created, reserved } = orderOn('kafka');
  await world.deliver(created, hasty);
  await world.deliver(reserved);
  deepStrictEqual(await world.sweep(hasty), []);
});

test('a broker that is not heard has no overdue sagas, and when it is heard again they have a minute more', async () => {
  const [onRabbit, onKafka] = [orderOn('rabbitmq'), orderOn('kafka')];
  for (const { created } of [onRabbit, onKafka]) await world.deliver(created, hasty);
  let [isPaused, now] = [false, 0];
  const listening = createListening({
    database: world.database,
    brokers: ['rabbitmq', 'kafka'],
    hears: (broker) => broker === 'rabbitmq' && !isPaused,
    now: () => now,
  });
  deepStrictEqual(await listening.heard(), ['rabbitmq']);
  deepStrictEqual(
    await world.sweep(hasty, undefined, await listening.heard()),
    [],
    'its limits are postponed',
  );

  const { created, orderId } = orderOn('rabbitmq');
  await world.deliver(created, hasty);
  isPaused = true;
  deepStrictEqual(await world.sweep(hasty, undefined, await listening.heard()), []);
  isPaused = false;
  deepStrictEqual(
    await world.sweep(hasty, undefined, await listening.heard()),
    [],
    'and again after the pause',
  );

  const late = orderOn('rabbitmq');
  await world.deliver(late.created, hasty);
  deepStrictEqual(await world.sweep(hasty, undefined, await listening.heard()), [late.orderId]);
  deepStrictEqual(await world.sweep(hasty), [onKafka.orderId]);
  strictEqual((await world.progressOf(orderId)).state, 'running');
});

test('whoever could not look at his sagas, or did not run, gives them a minute more as well', async () => {
  let now = 0;
  const listening = createListening({
    database: world.database,
    brokers: ['kafka'],
    hears: () => true,
    now: () => now,
  });
  await listening.heard();
  for (const absence of [() => listening.missed(), () => (now += 60_000)]) {
    const { created, orderId } = orderOn('kafka');
    await world.deliver(created, hasty);
    absence();
    deepStrictEqual(await world.sweep(hasty, undefined, await listening.heard()), []);
    strictEqual((await world.progressOf(orderId)).state, 'running');
  }
  const late = orderOn('kafka');
  await world.deliver(late.created, hasty);
  deepStrictEqual(await world.sweep(hasty, undefined, await listening.heard()), [late.orderId]);
});

test('two sweeps at the same time take each of many sagas once, a hundred at a time', async () => {
  const orders = Array.from({ length: 150 }, () => orderOn('kafka'));
  await Promise.all(orders.map(({ created }) => world.deliver(created, hasty)));
  const told = await Promise.all([world.sweep(hasty), world.sweep(hasty)]);
  ok(told.every(({ length }) => length <= 100));
  deepStrictEqual(told.flat().toSorted(), orders.map(({ orderId }) => orderId).toSorted());
});

test('anybody inside can ask how far a saga is; one that nobody has heard of has not begun', async () => {
  const http = createHttp(createLogger('order-saga', 'silent'));
  addSagaRoute(http, world.progressOf);
  const ask = async (id: string) => {
    const { statusCode, body } = await http.inject(`/internal/sagas/${id}`);
    return { statusCode, body: JSON.parse(body) as unknown };
  };
  const { orderId, created } = orderOn('kafka');
  await world.deliver(created);
  const next = ['reserve', 'charge', 'complete'];
  deepStrictEqual(await ask(orderId.toUpperCase()), {
    statusCode: 200,
    body: { state: 'running', done: ['create'], next },
  });
  deepStrictEqual(await ask(randomUUID()), {
    statusCode: 200,
    body: { state: 'running', done: [], next: ['create', ...next] },
  });
  strictEqual((await ask('no-uuid')).statusCode, 404);
});
