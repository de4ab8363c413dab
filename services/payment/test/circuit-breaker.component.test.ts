import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PaymentToken } from '@conveyor/contracts';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { eventually } from '@conveyor/testing/eventually';
import { startPayment, startWorld, type World } from './payment.ts';
import { startProviderFront } from './provider-front.ts';

let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world.stop());

/** Payment with a breaker of its own, and a provider that can be made unwell and counts its calls. */
async function scene(t: TestContext, timeoutMs: number) {
  const front = await startProviderFront(world.sandbox.url);
  // What a failing test leaves behind must not go on for ever.
  const over = new AbortController();
  t.after(() => {
    over.abort();
    return front.stop();
  });
  const payment = startPayment(world, { sandboxUrl: front.url, timeoutMs });
  const changes: string[] = [];
  let callsBeforeTry = 0;
  payment.breaker.onChange((state) => {
    changes.push(state);
    if (state === 'half-open') callsBeforeTry = front.calls();
  });
  return {
    front,
    breaker: payment.breaker,
    changes,
    /** How many calls had reached the provider when the latest one was let through to try. */
    callsBeforeTry: () => callsBeforeTry,
    place: (count: number, token: PaymentToken) =>
      Array.from({ length: count }, () => world.orders.place(token)),
    /** As a consumer does it: again and again after an infrastructure fault; any other is a failure of the test. */
    async handle(message: Message): Promise<void> {
      for (;;) {
        try {
          await payment.deliver(message, over.signal);
          return;
        } catch (error) {
          if (over.signal.aborted) return;
          if (!(error instanceof InfrastructureFault)) throw error;
          await sleep(20);
        }
      }
    },
    async assertEach(orders: readonly { orderId: string }[], types: string[], ledger: string[]) {
      for (const { orderId } of orders) {
        deepStrictEqual(
          (await world.sentAbout(orderId)).map(({ type }) => type),
          types,
        );
        deepStrictEqual(await world.sandbox.ledgerOf(orderId), ledger);
      }
    },
  };
}

test('a provider that is unwell is left alone; when it is back all charges complete, each charged once', async (t) => {
  const { front, breaker, changes, callsBeforeTry, place, handle, assertEach } = await scene(t, 60_000);
  front.turn('unwell');
  const [first, later] = [place(15, 'tok_approved'), place(20, 'tok_approved')];
  const handled = first.map(({ charge }) => handle(charge));
  await eventually(() => strictEqual(breaker.state, 'open'));
  handled.push(...later.map(({ charge }) => handle(charge)));
  // Counted from the first try on: calls that were under way when it opened have ended by then.
  await eventually(() => deepStrictEqual(changes, ['open', 'half-open', 'open']));
  strictEqual(front.calls() - callsBeforeTry(), 1);

  front.turn('passes');
  await Promise.all(handled);
  strictEqual(breaker.state, 'closed');
  await assertEach([...first, ...later], ['payment.completed'], ['charge 1900']);
});

test('what was never called has all its time when the breaker closes', async (t) => {
  // Less than the breaker's first pause, which is a second.
  const { front, breaker, place, handle, assertEach } = await scene(t, 900);
  front.turn('unwell');
  const others = place(15, 'tok_approved').map(({ charge }) => handle(charge));
  await eventually(() => strictEqual(breaker.state, 'open'));
  front.turn('passes');
  const waiting = place(10, 'tok_approved');
  await Promise.all(waiting.map(({ charge }) => handle(charge)));
  await assertEach(waiting, ['payment.completed'], ['charge 1900']);
  await Promise.all(others);
});

test('refunds wait for the breaker, and all are given back', async (t) => {
  const { front, breaker, place, handle, assertEach } = await scene(t, 60_000);
  const orders = place(15, 'tok_approved');
  await Promise.all(orders.map(({ charge }) => handle(charge)));
  front.turn('unwell');
  const refunded = orders.map(({ refund }) => handle(refund));
  await eventually(() => strictEqual(breaker.state, 'open'));
  front.turn('passes');
  await Promise.all(refunded);
  await assertEach(orders, ['payment.completed', 'payment.refunded'], ['charge 1900', 'refund 1900']);
});

test('cards that fail do not open it: the provider is well', async (t) => {
  const { changes, place, handle, assertEach } = await scene(t, 60_000);
  const orders = place(15, 'tok_flaky');
  await Promise.all(orders.map(({ charge }) => handle(charge)));
  deepStrictEqual(changes, []);
  await assertEach(orders, ['payment.completed'], ['charge 1900']);
});

test('a crowd of charges that nobody answers does not keep it open: the voids are answered', async (t) => {
  const { breaker, place, handle, assertEach } = await scene(t, 300);
  const orders = place(25, 'tok_timeout');
  await Promise.all(orders.map(({ charge }) => handle(charge)));
  strictEqual(breaker.state, 'closed');
  await assertEach(orders, ['payment.failed'], []);
});
