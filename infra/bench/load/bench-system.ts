import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { Combination } from '@conveyor/e2e/combinations';
import { type Databases, openDatabases } from '@conveyor/e2e/databases';
import { type System, startSystem } from '@conveyor/e2e/system';
import { eventually } from '@conveyor/testing/eventually';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { findViolations } from '@conveyor/testing/invariants/violations';
import { inTime } from '../in-time.ts';
import { type Endings, followEndings } from './endings.ts';
import { untilAtRest } from './waiting.ts';

/** So many products share the load, or all orders would wait for one row. Their names are equally long. */
export const shelves = Array.from({ length: 20 }, (_, n) => `bench-${n + 10}`);

/** Under a load that fills every queue nothing may give up waiting. */
const patiently = { PAYMENT_TIMEOUT_MS: '3600000', QUOTE_TIMEOUT_MS: '60000' };

/** The whole system, filled for a load, with a way to hear of what has ended. */
export interface BenchSystem {
  readonly system: System;
  readonly databases: Databases;
  /** Places the nth order and resolves with its id once it is accepted. */
  place(n: number, combination: Combination, more?: object): Promise<string>;
  /** Resolves once the order is completed. */
  completed(orderId: string): Promise<void>;
  /** When each was completed, in epoch ms. */
  completedAt(orderIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Rejects unless all that was promised of these orders, and of all others, holds. */
  check(orderIds: readonly string[]): Promise<void>;
  /** Resolves once nobody has anything left to do, also for orders that were completed before: but for consumers that are `held` back. */
  atRest(held?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** `signal`: fires when nobody is to wait any more. */
export async function startBenchSystem(
  name: string,
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchSystem> {
  const system = await startSystem(`bench-${name}`, { ...patiently, ...env });
  const databases = openDatabases(system.stack.env.POSTGRES_URL);
  let endings: Endings | undefined;
  try {
    for (const sku of shelves) {
      const body = { name: 'Thing', price: { amount: 500, currency: 'EUR' }, onHand: 10_000_000 };
      const { status } = await system.call('PUT', `/api/products/${sku}`, { admin: true, body });
      strictEqual(status, 201);
    }
    endings = await followEndings(system.stack);
  } catch (error) {
    await system.stop();
    throw error;
  }
  const { completed, close } = endings;

  return {
    system,
    databases,
    completed: (orderId) => inTime(signal, `order ${orderId} to be completed`, completed(orderId)),
    async place(n, combination, more = {}) {
      const sku = shelves[n % shelves.length];
      const order = {
        customerId: `customer-${n % 1_000}`,
        items: [{ sku, quantity: 1 }],
        ...combination,
        ...more,
      };
      const { status, body } = await system.place(order);
      if (status !== 202) throw new Error(`an order was answered by ${status}: ${JSON.stringify(body)}`);
      return body.orderId;
    },
    completedAt: (orderIds) => completionsIn(databases, 'conveyor_order', orderIds),
    check: (orderIds) =>
      eventually(
        async () => {
          const violations = findViolations(await readFacts(system.stack.env.POSTGRES_URL), orderIds);
          deepStrictEqual(violations.slice(0, 10), []);
        },
        { timeoutMs: 120_000, signal },
      ),
    atRest: (held) => untilAtRest(system, databases, signal, held),
    async stop() {
      await close();
      await databases.close();
      await system.stop();
    },
  };
}

/** When each was completed, in epoch ms, as a database of the order service has it. */
export async function completionsIn(
  databases: Databases,
  database: string,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await databases.query<{ id: string; at: Date }>(
    database,
    `select stream_id as id, recorded_at as at from events where type = 'order.completed' and stream_id = any($1)`,
    [orderIds],
  );
  return new Map(rows.map(({ id, at }) => [id, at.getTime()]));
}
