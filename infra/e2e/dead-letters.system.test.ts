import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  DeadLetterDetails,
  DeadLetterList,
  DeadLetterView,
  ProblemDetails,
  RedriveResult,
  Timeline,
} from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { brokers } from './combinations.ts';
import { fullSize } from './full-size.ts';
import { poisonCodes, spreadPoison } from './poison.ts';
import { running } from './running-system.ts';

const admin = true;
const patient = { timeoutMs: 60_000 };
const slow = { timeout: 400_000 };

// The dead letters, as a person with the admin token meets them.

const call = <Body>(method: string, path: string, body?: unknown) =>
  running().call<Body>(method, path, { admin, ...(body !== undefined && { body }) });
const lettersOf = async (query: string) =>
  (await call<DeadLetterList>('GET', `/api/dead-letters?${query}`)).body.deadLetters;
const setFault = async (mode: 'ok' | 'error') =>
  strictEqual((await call('PUT', '/api/faults', { inventory: { mode } })).status, 200);

/** An order whose reservation has been given up. */
async function strandedOrder(broker: string): Promise<DeadLetterView> {
  await setFault('error');
  const request = { customerId: 'ada', items: [{ sku: 'mug', quantity: 1 }], broker };
  const { body } = await running().place(request);
  const letter = await eventually(async () => {
    const found = (await lettersOf(`broker=${broker}`)).find(({ orderId }) => orderId === body.orderId);
    ok(found, 'no dead letter yet');
    return found;
  }, patient);
  await setFault('ok');
  return letter;
}

for (const broker of brokers) {
  describe(`dead letters on ${broker}`, () => {
    test('messages that fit no schema are there with their reason, and stop nobody', async () => {
      const comesBehind = await spreadPoison[broker](running().stack, 'inventory.events');
      const letters = await eventually(async () => {
        const found = await lettersOf(`broker=${broker}&queue=inventory.events&limit=100`);
        ok(found.length >= poisonCodes.length, found.map(({ cause }) => cause.code).join());
        return found;
      }, patient);
      const codes = letters.map(({ cause }) => cause.code);
      for (const code of poisonCodes) ok(codes.includes(code), code);

      const order = { customerId: 'ada', items: [{ sku: 'mug', quantity: 1 }], broker };
      let behind: string | undefined;
      for (let placed = 0; behind === undefined && placed < 100; placed++) {
        const { status, body } = await running().place(order);
        strictEqual(status, 202);
        if (comesBehind(body.orderId)) behind = body.orderId;
      }
      ok(behind, 'none of the orders came behind the poison');
      strictEqual((await running().final(behind)).status, 'completed');
    });

    test('an order goes on where it had stopped when its message is redriven; a second time changes nothing', async () => {
      const { id, orderId, attempts, cause, history, origin, messageId } = await strandedOrder(broker);
      strictEqual(attempts, 4);
      deepStrictEqual([cause.reason, history.length], ['attempts-exhausted', 4]);
      match(cause.stackHash ?? '', /^[0-9a-f]{16}$/);
      if (broker === 'kafka') deepStrictEqual([origin.topic, origin.key], ['order-events', orderId]);
      else deepStrictEqual([origin.exchange, origin.routingKey], ['events', 'order.created']);

      const look = await call<RedriveResult>('POST', `/api/dead-letters/${id}/redrive`, { dryRun: true });
      deepStrictEqual([look.status, look.body.outcome], [200, 'would-redrive']);
      strictEqual((await running().order(orderId ?? '')).status, 'pending');

      const sent = await call<RedriveResult>('POST', `/api/dead-letters/${id}/redrive`, {});
      deepStrictEqual([sent.body.outcome, sent.body.messageId], ['redriven', messageId]);
      strictEqual((await running().final(orderId ?? '')).status, 'completed');
      const again = await call<RedriveResult>('POST', `/api/dead-letters/${id}/redrive`, {});
      strictEqual(again.body.outcome, 'already-handled');

      const { body } = await call<DeadLetterDetails>('GET', `/api/dead-letters/${id}`);
      strictEqual(body.status, 'redriven');
      deepStrictEqual(
        body.actions.map(({ what }) => what),
        ['redriven'],
      );
      await eventually(async () => {
        const timeline = await call<Timeline>('GET', `/api/orders/${orderId}/timeline`);
        const kinds = timeline.body.entries
          .filter((entry) => entry.messageId === messageId && entry.service === 'inventory')
          .map(({ kind }) => kind)
          .filter((kind) => ['retried', 'dead-lettered', 'redriven', 'handled'].includes(kind));
        deepStrictEqual(kinds, ['retried', 'retried', 'retried', 'dead-lettered', 'redriven', 'handled']);
        strictEqual(timeline.body.saga.state, 'done');
      });
    });

    test('a payload that fits no schema is refused and changes nothing; one that fits is sent', async () => {
      const { id, orderId, payload } = await strandedOrder(broker);
      const path = `/api/dead-letters/${id}/redrive`;
      const wrong = await call<ProblemDetails>('POST', path, {
        payload: { ...(payload as object), items: 7 },
      });
      deepStrictEqual([wrong.status, wrong.body.field], [422, 'payload.items']);
      const { body } = await call<DeadLetterDetails>('GET', `/api/dead-letters/${id}`);
      deepStrictEqual([body.status, body.actions], ['waiting', []]);

      const mended = await call<RedriveResult>('POST', path, { payload });
      strictEqual(mended.body.outcome, 'redriven');
      strictEqual((await running().final(orderId ?? '')).status, 'completed');
    });

    test('one that is discarded is gone; its order can still be cancelled', async () => {
      const { id, orderId } = await strandedOrder(broker);
      const { status, body } = await call('DELETE', `/api/dead-letters/${id}`);
      deepStrictEqual([status, body], [200, { outcome: 'discarded', id }]);
      strictEqual((await call('GET', `/api/dead-letters/${id}`)).status, 404);
      strictEqual((await call('POST', `/api/dead-letters/${id}/redrive`, {})).status, 404);
      strictEqual((await call('POST', `/api/orders/${orderId}/cancel`)).status, 202);
      strictEqual((await running().final(orderId ?? '')).status, 'cancelled');
    });
  });
}

test('while the providers are away orders wait, and nothing becomes a dead letter for it', slow, async () => {
  const { sandbox } = running().stack.services;
  const queues = ['payment.charge', 'payment.refund', 'notification.sms', 'notification.push'];
  const orders = ['rabbitmq', 'kafka'].flatMap((broker) => Array.from({ length: 5 }, () => broker));
  await sandbox.stop();
  const placed = await Promise.all(
    orders.map((broker) =>
      running().place({ customerId: 'ada', items: [{ sku: 'mug', quantity: 1 }], broker }),
    ),
  );
  // The length of the outage is what is tried here.
  await sleep(fullSize ? 120_000 : 5_000);
  await sandbox.start();
  for (const { body } of placed)
    strictEqual((await running().final(body.orderId, patient.timeoutMs)).status, 'completed');
  await eventually(async () => {
    for (const { body } of placed) {
      const url = `${running().stack.env.SANDBOX_URL}/deliveries?orderId=${body.orderId}`;
      match(await (await fetch(url)).text(), /sms.*push|push.*sms/s);
    }
  }, patient);
  for (const queue of queues) deepStrictEqual(await lettersOf(`queue=${queue}`), []);
});

test('dead letters are for the admin alone, and what is wrong in a request is named', async () => {
  const nobody = `inventory.${randomUUID()}`;
  for (const [method, path] of [
    ['GET', '/api/dead-letters'],
    ['GET', `/api/dead-letters/${nobody}`],
    ['POST', `/api/dead-letters/${nobody}/redrive`],
    ['POST', '/api/dead-letters/redrive'],
    ['DELETE', `/api/dead-letters/${nobody}`],
  ] as const) {
    strictEqual((await running().call(method, path)).status, 401, path);
  }
  for (const [query, field] of [
    ['broker=carrier-pigeon', 'broker'],
    ['queue=nobody.knows', 'queue'],
    ['cursor=!', 'cursor'],
  ] as const) {
    const answer = await call<ProblemDetails>('GET', `/api/dead-letters?${query}`);
    deepStrictEqual([answer.status, answer.body.field], [400, field]);
  }
  strictEqual((await call('GET', `/api/dead-letters/${nobody}`)).status, 404);
});
