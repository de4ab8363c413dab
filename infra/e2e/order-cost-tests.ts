import { deepStrictEqual, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { overruns, readBudget } from './order-cost/budget.ts';
import { notifying } from './order-cost/cost.ts';
import { measureOrderCost } from './order-cost/measure-cost.ts';
import type { System } from './system.ts';

/** What an order costs in the system that `running` answers, while it does nothing else. */
export function testOrderCost(running: () => System): void {
  describe('one order', () => {
    test('costs each service no more than its budget, and wakes nobody by NOTIFY from within a transaction', {
      timeout: 180_000,
    }, async () => {
      const { cost, transactions } = await measureOrderCost(running(), 5);
      deepStrictEqual(
        overruns(await readBudget(), cost),
        [],
        'if it is worth it: npm run bench -- --record-budget',
      );
      ok(transactions.length > 100, `only ${transactions.length} transactions were seen`);
      deepStrictEqual(notifying(transactions), []);
    });
  });
}
