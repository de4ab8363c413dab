import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PaymentToken } from '@conveyor/contracts';
import type { LedgerEntry } from '@conveyor/contracts/http';
import type { Message } from '@conveyor/service-kit/messaging/message';
import { eventually } from '@conveyor/testing/eventually';
import { orderMessage as message } from '@conveyor/testing/order-message';
import { openServiceGround } from '@conveyor/testing/service-ground';
import { createTestDatabase } from '@conveyor/testing/test-database';
import { charges } from '../src/adapters/charges.ts';
import { createPaymentTokens } from '../src/adapters/payment-tokens.ts';
import { createProvider } from '../src/adapters/provider.ts';
import { createProviderBreaker } from '../src/adapters/provider-breaker.ts';
import { subscriptions } from '../src/subscriptions.ts';

/** The messages of one order, each with an id that stays the same when it is delivered again. */
export function orderOf(orderId: string = randomUUID()) {
  const amount = { amount: 1900, currency: 'EUR' } as const;
  const priority = 'express';
  const charge = () => message('payment.charge', orderId, { orderId, amount, priority });
  return {
    orderId,
    charge: charge(),
    /** The same wish in a message of its own. */
    chargeAgain: charge(),
    refund: message('payment.refund', orderId, { orderId, amount }),
    reserved: message('inventory.reserved', orderId, {
      orderId,
      items: [{ sku: 'mug', quantity: 2 }],
      total: amount,
      priority,
    }),
    cancelled: message('order.cancelled', orderId, {
      orderId,
      version: 3,
      customerId: 'ada',
      total: amount,
      priority,
      reason: 'expired',
    }),
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** A database for payment, the real sandbox as a process of its own, and an order service that knows tokens. */
export async function startWorld() {
  const sandbox = await startSandbox();
  const orders = await startOrders();
  const migrations = new URL('../migrations/', import.meta.url);
  const ground = await openServiceGround('payment', ['outbox', 'inbox', 'dead-letters'], migrations);
  const { database, deliver } = ground;

  return {
    sandbox,
    orders,
    database,
    deliver,
    /** The order's row, or undefined. */
    chargeOf: (orderId: string) => charges.lockIfAny(database, orderId),
    /** What has been sent about an order, oldest first. */
    async sentAbout(orderId: string) {
      const sent = await ground.sentAbout(orderId);
      return sent.map(({ attributes, type, priority, data }) => ({
        type,
        causationid: attributes['causationid'],
        priority,
        data,
      }));
    },
    async stop() {
      await ground.stop();
      await orders.stop();
      await sandbox.stop();
    },
  };
}

interface Settings {
  readonly timeoutMs?: number;
  readonly sandboxUrl?: string;
  readonly orderUrl?: string;
}

/** The service without brokers: messages are handed in and read from the outbox. To make it anew is a restart. */
export function startPayment(world: World, { timeoutMs = 5_000, sandboxUrl, orderUrl }: Settings = {}) {
  const { database, deliver, sandbox, orders } = world;
  const breaker = createProviderBreaker();
  const taken = subscriptions({
    database,
    charges,
    paymentTokens: createPaymentTokens(orderUrl ?? orders.url),
    provider: createProvider(sandboxUrl ?? sandbox.url, 0, breaker),
    now: Date.now,
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
    timeoutMs,
    callLimitMs: 500,
    retryDelaysMs: [10, 20, 50],
    onNoAnswer: () => {},
  });
  return {
    breaker,
    deliver: (delivered: Message, signal?: AbortSignal) => deliver(taken, delivered, signal),
  };
}

/** A port that refuses connections: it was free a moment ago. */
export async function closedUrl(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function startOrders() {
  const tokens = new Map<string, PaymentToken>();
  const server = createServer((request, response) => {
    const orderId = /^\/internal\/orders\/(.+)\/payment-token$/.exec(request.url ?? '')?.[1] ?? '';
    const paymentToken = tokens.get(orderId);
    response.writeHead(paymentToken ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(paymentToken ? { paymentToken } : { status: 404 }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** A new order that is paid with `token`. */
    place(token: PaymentToken) {
      const order = orderOf();
      tokens.set(order.orderId, token);
      return order;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function startSandbox() {
  const database = await createTestDatabase([]);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = fileURLToPath(new URL('../../sandbox/src/main.ts', import.meta.url));
  const env = { ...process.env, PORT: String(port), DATABASE_URL: database.url, LOG_LEVEL: 'silent' };
  const child = spawn(process.execPath, ['--no-deprecation', program], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error('the sandbox did not start');
    const { ok } = await fetch(`${url}/ready`);
    if (!ok) throw new Error('the sandbox is not ready');
  });

  return {
    url,
    async faults(mode: 'ok' | 'error' | 'timeout' | 'decline'): Promise<void> {
      const headers = { 'content-type': 'application/json' };
      await fetch(`${url}/internal/faults`, {
        method: 'PUT',
        headers,
        body: JSON.stringify({ payment: { mode } }),
      });
    },
    /** The provider's own record of an order: `charge 1900`, `refund 1900`. */
    async ledgerOf(orderId: string): Promise<string[]> {
      const response = await fetch(`${url}/api/ledger?orderId=${orderId}`);
      const { entries } = (await response.json()) as { entries: LedgerEntry[] };
      return entries.map(({ kind, amount }) => `${kind} ${amount}`);
    },
    async stop() {
      await ended(child);
      await database.drop();
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
