import { randomUUID } from 'node:crypto';
import type { Combination } from '@conveyor/e2e/combinations';
import type { Databases } from '@conveyor/e2e/databases';
import { inTime } from '../in-time.ts';
import { type BenchSystem, completionsIn, shelves } from '../load/bench-system.ts';
import { copyOf } from '../pgbench/copies.ts';
import { checkTraces } from './check.ts';
import type { Wish } from './steps.ts';

/** Another system that completes the same orders. */
export interface Peer extends Pick<BenchSystem, 'place' | 'completed' | 'completedAt' | 'check'> {
  stop(): Promise<void>;
}

/** A peer that runs, and takes orders where `urlOf` says; it answers once the order is completed. */
export function peerAt(
  urlOf: (orderId: string) => string,
  databases: Databases,
  signal: AbortSignal,
  stop: () => Promise<void>,
): Peer {
  const answers = new Map<string, Promise<void>>();
  return {
    async place(n, combination) {
      const wish = wishOf(n, combination);
      const answer = ask(urlOf(wish.orderId), wish);
      // Whoever waits for the completion hears of a failure.
      answer.catch(() => {});
      answers.set(wish.orderId, answer);
      return wish.orderId;
    },
    completed: (orderId) =>
      inTime(signal, `order ${orderId} to be completed`, Promise.resolve(answers.get(orderId))),
    completedAt: (orderIds) => completionsIn(databases, copyOf('conveyor_order'), orderIds),
    check: (orderIds) => checkTraces(databases, copyOf, orderIds),
    stop,
  };
}

/** The same order as the system is asked for. */
function wishOf(n: number, { saga, broker }: Combination): Wish {
  const sku = shelves[n % shelves.length] ?? '';
  return {
    orderId: randomUUID(),
    customerId: `customer-${n % 1_000}`,
    items: [{ sku, quantity: 1 }],
    saga,
    broker,
  };
}

async function ask(url: string, wish: Wish): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(wish) });
  const text = await response.text();
  if (!response.ok) throw new Error(`an order was answered by ${response.status}: ${text}`);
}
