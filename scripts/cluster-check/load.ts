import { setTimeout as sleep } from 'node:timers/promises';
import { combinations } from '../../infra/e2e/combinations.ts';
import type { AcceptedOrder, OrderView, PlaceOrderBody } from '../../shared/contracts/http/index.ts';
import type { Shop } from './shop.ts';

/** As many as have no factor in common with the four ways of an order: so each way meets each of them. */
const cards = ['tok_approved', 'tok_declined', 'tok_approved', 'tok_flaky', 'tok_approved'] as const;

const endWithinMs = 180_000;
const askAgainMs = 500;

/** Places orders of all kinds, one after the other, and remembers those that were accepted. */
export class Load {
  readonly #shop: Shop;
  readonly #skus: readonly string[];
  readonly #placing = new Set<Promise<unknown>>();
  #placed = 0;
  #over = false;
  #running: Promise<void> | undefined;
  readonly accepted: string[] = [];

  constructor(shop: Shop, skus: readonly string[]) {
    this.#shop = shop;
    this.#skus = skus;
  }

  /** `onFailure` hears of every order that could not be placed. */
  start(perSecond: number, onFailure: (error: unknown) => void): void {
    this.#running = this.#run(1_000 / perSecond, onFailure);
  }

  /** Places nothing more, and waits for the answers. */
  async stop(): Promise<void> {
    this.#over = true;
    await this.#running;
  }

  /**
   * Places an order of each of the four ways, and waits for their ends. `took`: seconds. `completed`: of the four; the others were
   * cancelled, since their charge took longer than it may. Rejects when one was cancelled for any other reason.
   */
  async allFourWays(): Promise<{ readonly took: number; readonly completed: number }> {
    const begun = Date.now();
    const ends = await Promise.all(
      combinations.map(async (way) => {
        const { orderId } = await this.#place({ ...this.#next(), ...way, paymentToken: 'tok_approved' });
        const { status, reason } = await this.untilFinal(orderId);
        if (status === 'cancelled' && reason !== 'payment-timeout')
          throw new Error(`order ${orderId}, which nothing stood against, was cancelled: ${reason}`);
        return status;
      }),
    );
    return {
      took: (Date.now() - begun) / 1_000,
      completed: ends.filter((status) => status === 'completed').length,
    };
  }

  /** The order as it has ended. */
  async untilFinal(orderId: string): Promise<OrderView> {
    for (const until = Date.now() + endWithinMs; ; await sleep(askAgainMs)) {
      const order = await this.#shop.order(orderId);
      if (order.status === 'completed' || order.status === 'cancelled') return order;
      if (Date.now() > until) throw new Error(`order ${orderId} is still ${order.status}`);
    }
  }

  async #run(everyMs: number, onFailure: (error: unknown) => void): Promise<void> {
    while (!this.#over) {
      const placing: Promise<unknown> = this.#place(this.#next())
        .catch(onFailure)
        .finally(() => this.#placing.delete(placing));
      this.#placing.add(placing);
      await sleep(everyMs);
    }
    await Promise.all(this.#placing);
  }

  async #place(body: PlaceOrderBody): Promise<AcceptedOrder> {
    const order = await this.#shop.place(body);
    this.accepted.push(order.orderId);
    return order;
  }

  #next(): PlaceOrderBody {
    const n = this.#placed++;
    return {
      customerId: `customer-${n % 10}`,
      items: [{ sku: this.#skus[n % this.#skus.length] ?? '', quantity: 1 + (n % 2) }],
      paymentToken: cards[n % cards.length] ?? 'tok_approved',
      ...combinations[n % combinations.length],
    };
  }
}
