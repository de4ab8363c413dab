import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, clientOf } from '../../infra/e2e/client.ts';
import type {
  AcceptedOrder,
  DeadLetterList,
  OrderView,
  PlaceOrderBody,
  ProductChange,
  ProductView,
} from '../../shared/contracts/http/index.ts';
import type { LedgerFact } from '../../shared/testing/invariants/facts.ts';

const answerMs = 10_000;
const placeWithinMs = 120_000;
const askAgainMs = 200;

/** The system as its clients see it: by the HTTP of its gateways, any of which may be away. */
export class Shop {
  readonly #gateways: readonly Client[];
  readonly #ending: AbortSignal;
  #turn = 0;
  /** Calls that had to be made again. */
  repeated = 0;

  /** Once `ending` is aborted, every call rejects with its reason. */
  constructor(gateways: readonly string[], adminToken: string, ending: AbortSignal) {
    this.#gateways = gateways.map((gateway) => clientOf(gateway, adminToken));
    this.#ending = ending;
  }

  /** The key makes it one order, however often it has to be sent. */
  async place(body: PlaceOrderBody): Promise<AcceptedOrder> {
    return this.#ask('POST', '/api/orders', body, { 'idempotency-key': randomUUID() });
  }

  order(orderId: string): Promise<OrderView> {
    return this.#ask('GET', `/api/orders/${orderId}`);
  }

  products(): Promise<readonly ProductView[]> {
    return this.#ask('GET', '/api/products');
  }

  async stockUp(sku: string, onHand: number): Promise<void> {
    const change: ProductChange = { onHand };
    await this.#ask('PUT', `/api/products/${sku}`, change);
  }

  async ledger(orderId: string): Promise<readonly LedgerFact[]> {
    return (await this.#ask<{ entries: readonly LedgerFact[] }>('GET', `/api/ledger?orderId=${orderId}`))
      .entries;
  }

  async deadLetters(): Promise<number> {
    return (await this.#ask<DeadLetterList>('GET', '/api/dead-letters')).total;
  }

  /** Asks one gateway after the other until one answers with what was asked for; a refusal is no such answer, but an end. */
  async #ask<Body>(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Body> {
    const until = Date.now() + placeWithinMs;
    for (;;) {
      const gateway = this.#gateways[this.#turn++ % this.#gateways.length];
      const signal = AbortSignal.any([this.#ending, AbortSignal.timeout(answerMs)]);
      const answer = await gateway
        ?.call<Body>(method, path, { body, headers, admin: true, signal })
        .catch(() => undefined);
      this.#ending.throwIfAborted();
      if (answer && answer.status < 300) return answer.body;
      const said = answer ? `${answer.status} ${JSON.stringify(answer.body)}` : 'no answer';
      // 409: the same order is still being placed by a call whose answer was lost.
      const passes = answer === undefined || answer.status >= 500 || answer.status === 409;
      if (!passes || Date.now() > until) throw new Error(`${method} ${path}: ${said}`);
      this.repeated += 1;
      await sleep(askAgainMs);
    }
  }
}
