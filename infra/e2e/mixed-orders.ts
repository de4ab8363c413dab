import { strictEqual } from 'node:assert/strict';
import { accepted } from './accepted.ts';
import { combinations } from './combinations.ts';
import type { System } from './system.ts';

const tokens = ['tok_approved', 'tok_approved', 'tok_declined', 'tok_flaky'];
const endsWithinMs = 300_000;

/** Few enough that a server which starts again meanwhile gets processor time. */
const atOnce = 4;

/** Places mixed orders, a few at once, and waits for their ends. `meanwhile` is called after each. */
export async function placeMixed(
  system: System,
  count: number,
  meanwhile: (placed: number) => Promise<void>,
): Promise<void> {
  let [next, placed] = [0, 0];
  async function placeSome(): Promise<void> {
    for (let n = next++; n < count; n = next++) {
      const combination = combinations[n % combinations.length];
      const sku = n % 10 === 9 ? 'moon-rock' : 'mug';
      const order = {
        customerId: `customer-${n % 50}`,
        items: [{ sku, quantity: 1 + (n % 3) }],
        paymentToken: tokens[Math.floor(n / combinations.length) % tokens.length],
        ...combination,
      };
      const { status, body } = await accepted(system, order);
      strictEqual(status, 202);
      await meanwhile(++placed);
      await system.final(body.orderId, endsWithinMs);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, placeSome));
}
