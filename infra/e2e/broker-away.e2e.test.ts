import { ok, strictEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import { type System, startSystem } from './system.ts';

let system: System;

before(async () => {
  system = await startSystem('broker-away', {
    QUOTE_TIMEOUT_MS: '1500',
    // Longer than a broker is away here: the time that a charge may take does not stand still meanwhile.
    PAYMENT_TIMEOUT_MS: '60000',
  });
});
after(() => system?.stop());

const order = (broker: string, paymentToken = 'tok_approved') => ({
  customerId: 'ada',
  items: [{ sku: 'mug', quantity: 1 }],
  broker,
  paymentToken,
});

for (const [away, other] of [
  ['rabbitmq', 'kafka'],
  ['kafka', 'rabbitmq'],
] as const) {
  test(`without ${away} orders on ${other} go on, accepted ones wait and complete, new ones get 503`, {
    timeout: 180_000,
  }, async () => {
    // A slow provider: these are still under way when the broker goes.
    const waiting = await Promise.all(
      Array.from({ length: 10 }, () => system.place(order(away, 'tok_slow'))),
    );
    ok(waiting.every(({ status }) => status === 202));
    await system.stack.servers[away].stop('SIGKILL');

    const refused = await system.place(order(away));
    strictEqual(refused.status, 503);
    ok(Number(refused.headers.get('retry-after')) > 0);
    for (let n = 0; n < 5; n += 1) {
      const going = await system.place(order(other), { wait: 20 });
      strictEqual(going.body.status, 'completed');
    }
    const health = await system.call('GET', '/api/health');
    strictEqual(health.status, 503);
    for (const { body } of waiting) ok((await system.order(body.orderId)).status !== 'completed');

    await system.stack.servers[away].start();
    for (const { body } of waiting)
      strictEqual((await system.final(body.orderId, 60_000)).status, 'completed');
    await eventually(async () => strictEqual((await system.place(order(away))).status, 202), {
      timeoutMs: 60_000,
    });
    await eventually(async () => strictEqual((await system.call('GET', '/api/health')).status, 200), {
      timeoutMs: 30_000,
    });
  });
}

test('at the end everything adds up', async () => {
  await eventually(
    async () => {
      const violations = findViolations(await readFacts(system.stack.env.POSTGRES_URL), []);
      ok(violations.length === 0, JSON.stringify(violations));
    },
    { timeoutMs: 60_000 },
  );
});
