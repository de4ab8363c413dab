import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OrderView } from '@conveyor/contracts/http';
import {
  freePorts,
  type Links,
  type Ports,
  removeOldRuns,
  type Stack,
  startStack,
} from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import { type Client, clientOf } from './client.ts';

const runs = fileURLToPath(new URL('../../.local/e2e/', import.meta.url));

/** The whole system on free ports, with a client for its HTTP. */
export interface System extends Client {
  readonly stack: Stack;
  order(orderId: string): Promise<OrderView>;
  /** Waits until the order is completed or cancelled. */
  final(orderId: string, withinMs?: number): Promise<OrderView>;
  stop(): Promise<void>;
}

/** Delays short enough for a test; everything else as a reader has it. */
export const quickly = {
  RETRY_DELAYS_MS: '100,300,1000',
  PAYMENT_TIMEOUT_MS: '3000',
  RATE_LIMIT_PER_SECOND: '100000',
};

export interface Whereabouts {
  /** By default any that are free. */
  readonly ports?: Ports;
  readonly links?: Links | undefined;
}

/** Starts real servers and all services in a folder of their own, called `name`. */
export async function startSystem(
  name: string,
  env: Readonly<Record<string, string>> = {},
  { ports, links }: Whereabouts = {},
): Promise<System> {
  await removeOldRuns(runs);
  const stack = await startStack({
    dir: join(runs, `${name}-${process.pid}`),
    ports: ports ?? (await freePorts()),
    links,
    env: { ...quickly, ...env },
  });
  const client = clientOf(`http://127.0.0.1:${stack.ports.gateway}`, stack.env.ADMIN_TOKEN);

  async function order(orderId: string): Promise<OrderView> {
    return (await client.call<OrderView>('GET', `/api/orders/${orderId}`)).body;
  }

  return {
    ...client,
    stack,
    order,
    final: (orderId, withinMs = 30_000) =>
      eventually(
        async () => {
          const view = await order(orderId);
          if (view.status !== 'completed' && view.status !== 'cancelled')
            throw new Error(`${orderId} is ${view.status}`);
          return view;
        },
        { timeoutMs: withinMs },
      ),
    stop: () => stack.abandon(),
  };
}
