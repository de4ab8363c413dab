import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deviations } from './budget.ts';
import { costOf, medianCost, notifying, transactionsForOrders } from './cost.ts';

const said = (role: string, connection: number, ...texts: readonly string[]) =>
  texts.map((text) => ({ role: `conveyor_${role}`, connection, text, parameters: [] }));

const none = { kafkaMessages: 0, kafkaBytes: 0, rabbitmqMessages: 0, rabbitmqBytes: 0 };
const background = { relays: new Set([9]), timers: new Set(['select overdue']) };

describe('what an order costs', () => {
  const transactions = transactionsForOrders(
    [
      ...said('order', 1, 'begin', 'insert into events', 'insert into outbox', 'commit'),
      ...said('order', 9, 'select id from outbox', 'delete from outbox'),
      ...said('order_saga', 2, 'begin', 'select overdue', 'commit'),
      ...said('gateway', 3, 'begin', 'insert into inbox', 'insert into journal (entry_id)', 'commit'),
      ...said('inventory', 4, 'select products'),
    ],
    background,
  );

  test('is counted by service, without relays, timers and the flight recorder', () => {
    const messages = [
      { service: 'order', broker: 'kafka', type: 'order.created', bytes: 100 },
      { service: 'order', broker: 'kafka', type: 'journal.recorded', bytes: 900 },
    ] as const;
    deepStrictEqual(costOf(transactions, messages), {
      inventory: { statements: 1, commits: 0, ...none },
      order: { statements: 4, commits: 1, ...none, kafkaMessages: 1, kafkaBytes: 100 },
    });
  });

  test('is that of the middle one of several orders', () => {
    const one = costOf(transactions, []);
    const dear = costOf([...transactions, ...transactions], []);
    deepStrictEqual(medianCost([one, dear, one]), one);
  });

  test('may be a tenth more than its budget, and no more', () => {
    const budget = { 'saga on kafka': costOf(transactions, []) };
    deepStrictEqual(deviations(budget, budget), []);
    const [more] = said('order', 1, 'select 1');
    const dearer = transactionsForOrders(more ? [more] : [], background);
    deepStrictEqual(deviations(budget, { 'saga on kafka': costOf([...transactions, ...dearer], []) }), [
      'saga on kafka: order takes 5 statements, not 4',
    ]);
    strictEqual(deviations({}, budget).length, 3);
  });

  test('is not seen if it is less than half of its budget', () => {
    const budget = { 'saga on kafka': costOf(transactions, []) };
    strictEqual(deviations(budget, {}).length, 3);
    const order = { statements: 0, commits: 0, ...none };
    deepStrictEqual(deviations(budget, { 'saga on kafka': { ...budget['saga on kafka'], order } }), [
      'saga on kafka: order takes 0 statements, not 4',
      'saga on kafka: order takes 0 commits, not 1',
    ]);
  });
});

test('a NOTIFY is found in whichever form', () => {
  const transactions = transactionsForOrders(
    [
      ...said('order', 1, 'begin', `select pg_notify('outbox', '')`, 'commit'),
      ...said('order', 1, 'NOTIFY outbox'),
      ...said('order', 1, `insert into outbox values ('notify')`, 'delete from notifications'),
    ],
    background,
  );
  strictEqual(notifying(transactions).length, 2);
});
