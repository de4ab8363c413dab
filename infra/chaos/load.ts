import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerName } from '@conveyor/contracts';
import type { AcceptedOrder, OrderView } from '@conveyor/contracts/http';
import type { Answer, Client, OrderRequest } from '@conveyor/e2e/client';
import { combinations } from '@conveyor/e2e/combinations';

/** What came of a request: a status, or why there was none. `late`: the client has given it up. */
export type Outcome = number | 'refused' | 'cut' | 'late';

/** A request and its answer, as the client has seen it. */
export interface Exchange {
  /** `repeat`: the request to place it once more, though it has been answered. */
  readonly what: 'place' | 'repeat' | 'look';
  /** The number of the order. */
  readonly n: number;
  /** Milliseconds, by the clock of `performance`. */
  readonly at: number;
  readonly tookMs: number;
  readonly outcome: Outcome;
  /** The order that a 2xx has named. */
  readonly orderId?: string;
}

/** An order that a client was told of by a 2xx. */
export interface PlacedOrder {
  readonly n: number;
  readonly orderId: string;
  readonly broker: BrokerName;
  readonly acceptedAt: number;
  /** When the client has seen it final; undefined as long as it has not. */
  endedAt?: number;
  status?: OrderView['status'];
}

export interface Load {
  readonly exchanges: readonly Exchange[];
  readonly orders: readonly PlacedOrder[];
  /** How many were accepted until now. */
  readonly placed: number;
  /** Resolves once all clients have come to the end of their last order, or have gone away because nobody would take it. */
  readonly over: Promise<void>;
  readonly isOver: boolean;
  /** No new order is begun from now on but to reach the number that is wanted. */
  enough(): void;
  /** Nobody asks anything any more, whatever was wanted. */
  giveUp(): void;
}

export interface LoadOptions {
  readonly client: Client;
  /** At least so many orders; more, until `enough` is called. */
  readonly orders: number;
  /** How many clients there are, each with one order under way. */
  readonly atOnce: number;
  /** Tells the orders of this load from those of another one. */
  readonly name: string;
  /** What order `n` is of; `client` counts the clients from 0. */
  readonly request: (n: number, client: number) => OrderRequest;
  /** Clients ask to be answered when their order has ended, after so many seconds at most. Default: at once. */
  readonly wait?: number | undefined;
  /** How long a client goes on with one order; if it was not accepted by then, the client places no other. Default: 4 minutes. */
  readonly patienceMs?: number;
}

/** Longer than anything in the system may take to answer: half a minute for a statement, and some seconds around it. */
const timeLimitMs = 45_000;
const lookEveryMs = 500;
/** Of so many orders the last is asked for once more. */
const repeatedOf = 4;

/**
 * What is bought: some with cards that do not work, some goods that run out. Each client has one of the four combinations for all of
 * its orders, so that those of a broker that is away keep nobody else from placing more.
 */
export function mixedRequests(scarce: string): LoadOptions['request'] {
  return (n, client) => ({
    customerId: `customer-${n % 200}`,
    items: [{ sku: n % 10 === 3 ? scarce : 'mug', quantity: 1 + (n % 3) }],
    paymentToken: tokenOf(n),
    ...combinations[client % combinations.length],
  });
}

function tokenOf(n: number): string {
  if (n % 5 === 4) return 'tok_declined';
  if (n % 7 === 6) return 'tok_flaky';
  return n % 11 === 10 ? 'tok_slow' : 'tok_approved';
}

/** Starts a closed loop: each client places an order, waits for its end, and places the next one. */
export function startLoad({
  client: system,
  orders: wanted,
  atOnce,
  name,
  request,
  wait,
  patienceMs = 240_000,
}: LoadOptions): Load {
  const exchanges: Exchange[] = [];
  const orders: PlacedOrder[] = [];
  const givenUp = new AbortController();
  let [next, isEnough, isOver] = [0, false, false];

  async function ask<Body>(
    what: Exchange['what'],
    n: number,
    send: (signal: AbortSignal) => Promise<Answer<Body>>,
    orderIdOf: (body: Body) => string,
  ): Promise<Answer<Body> | undefined> {
    const at = performance.now();
    const tell = (outcome: Outcome, more: Partial<Exchange> = {}) =>
      exchanges.push({ what, n, at, tookMs: performance.now() - at, outcome, ...more });
    try {
      const answer = await send(AbortSignal.any([givenUp.signal, AbortSignal.timeout(timeLimitMs)]));
      const isGood = answer.status >= 200 && answer.status < 300;
      tell(answer.status, isGood ? { orderId: orderIdOf(answer.body) } : {});
      return isGood ? answer : undefined;
    } catch (error) {
      tell(outcomeOf(error));
      return undefined;
    }
  }

  /** The same request with the same key each time, so it is one order. */
  function askFor(what: 'place' | 'repeat', n: number, client: number) {
    const headers = { 'idempotency-key': `${name}-${n}` };
    return ask<AcceptedOrder>(
      what,
      n,
      (signal) => system.place(request(n, client), { headers, signal, ...(wait !== undefined && { wait }) }),
      ({ orderId }) => orderId,
    );
  }

  /** Asks again after every unknown outcome, and now and then after a known one: clients do, and the answer must be the same order. */
  async function place(n: number, client: number, until: number): Promise<PlacedOrder | undefined> {
    while (performance.now() < until && !givenUp.signal.aborted) {
      const answer = await askFor('place', n, client);
      if (answer) {
        const { orderId, broker } = answer.body;
        const order = { n, orderId, broker, acceptedAt: performance.now() };
        if (n % repeatedOf === repeatedOf - 1) await askFor('repeat', n, client);
        return order;
      }
      await sleep(lookEveryMs);
    }
    return undefined;
  }

  async function untilFinal(order: PlacedOrder, until: number): Promise<void> {
    while (performance.now() < until && !givenUp.signal.aborted) {
      await sleep(lookEveryMs);
      const answer = await ask<OrderView>(
        'look',
        order.n,
        (signal) => system.call('GET', `/api/orders/${order.orderId}`, { signal }),
        ({ orderId }) => orderId,
      );
      const status = answer?.body.status;
      if (status !== 'completed' && status !== 'cancelled') continue;
      order.endedAt = performance.now();
      order.status = status;
      return;
    }
  }

  async function placeOn(client: number): Promise<void> {
    while ((next < wanted || !isEnough) && !givenUp.signal.aborted) {
      const n = next++;
      const until = performance.now() + patienceMs;
      const order = await place(n, client, until);
      if (!order) return;
      orders.push(order);
      await untilFinal(order, until);
    }
  }

  const clients = Array.from({ length: atOnce }, (_, client) => placeOn(client));
  return {
    exchanges,
    orders,
    get placed() {
      return orders.length;
    },
    over: Promise.all(clients).then(() => {
      isOver = true;
    }),
    get isOver() {
      return isOver;
    },
    enough() {
      isEnough = true;
    },
    giveUp() {
      givenUp.abort();
    },
  };
}

/** Of a `fetch` that was rejected. Who was refused was never heard; who was cut off may have been. */
function outcomeOf(error: unknown): Outcome {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: string } };
  if (name === 'TimeoutError') return 'late';
  return cause?.code === 'ECONNREFUSED' ? 'refused' : 'cut';
}
