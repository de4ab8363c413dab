import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AcceptedOrder, OrderView } from '@conveyor/contracts/http';
import { freePorts, type Stack, startStack } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';

const runs = fileURLToPath(new URL('../../.local/e2e/', import.meta.url));

/** What a client sends; as free as JSON, because some tests send nonsense. */
export type OrderRequest = Readonly<Record<string, unknown>>;

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** The whole system on free ports, with a client for its HTTP. */
export interface System {
  readonly stack: Stack;
  call<Body>(method: string, path: string, options?: CallOptions): Promise<Answer<Body>>;
  place(
    request: OrderRequest,
    options?: CallOptions & { readonly wait?: number },
  ): Promise<Answer<AcceptedOrder>>;
  order(orderId: string): Promise<OrderView>;
  /** Waits until the order is completed or cancelled. */
  final(orderId: string, withinMs?: number): Promise<OrderView>;
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly rawBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly admin?: boolean;
  /** Fires: the caller gives it up. */
  readonly signal?: AbortSignal;
}

/** Delays short enough for a test; everything else as a reader has it. */
const quickly = {
  RETRY_DELAYS_MS: '100,300,1000',
  PAYMENT_TIMEOUT_MS: '3000',
  RATE_LIMIT_PER_SECOND: '100000',
};

/** Starts real servers and all services in a folder of their own, called `name`. */
export async function startSystem(name: string, env: Readonly<Record<string, string>> = {}): Promise<System> {
  const stack = await startStack({
    dir: join(runs, `${name}-${process.pid}`),
    ports: await freePorts(),
    env: { ...quickly, ...env },
  });
  const base = `http://127.0.0.1:${stack.ports.gateway}`;

  async function call<Body>(method: string, path: string, options: CallOptions = {}): Promise<Answer<Body>> {
    const {
      body,
      rawBody = body === undefined ? undefined : JSON.stringify(body),
      headers,
      admin,
      signal,
    } = options;
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        ...(rawBody === undefined ? {} : { 'content-type': 'application/json' }),
        ...(admin ? { authorization: `Bearer ${stack.env.ADMIN_TOKEN}` } : {}),
        ...headers,
      },
      ...(rawBody === undefined ? {} : { body: rawBody }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text ? JSON.parse(text) : undefined) as Body,
    };
  }

  async function order(orderId: string): Promise<OrderView> {
    return (await call<OrderView>('GET', `/api/orders/${orderId}`)).body;
  }

  return {
    stack,
    call,
    order,
    place: (request, { wait, ...options } = {}) =>
      call('POST', `/api/orders${wait === undefined ? '' : `?wait=${wait}`}`, { ...options, body: request }),
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
    stop: () => stack.stop(),
  };
}
