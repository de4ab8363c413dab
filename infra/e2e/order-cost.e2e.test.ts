import { deepStrictEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deviations, readBudget } from './order-cost/budget.ts';
import { notifying } from './order-cost/cost.ts';
import { measureOrderCost } from './order-cost/measure-cost.ts';
import { type System, startSystem } from './system.ts';

let system: System;
// One of its own: what others leave to do would be counted.
before(async () => {
  system = await startSystem('order-cost');
});
after(() => system?.stop());

test('an order costs each service what its budget says, and wakes nobody by NOTIFY from within a transaction', {
  timeout: 240_000,
}, async () => {
  const { cost, transactions } = await measureOrderCost(system, 3);
  deepStrictEqual(
    deviations(await readBudget(), cost),
    [],
    'more: if it is worth it, npm run bench -- --record-budget; less than half: was all of it seen?',
  );
  deepStrictEqual(notifying(transactions), []);
});
