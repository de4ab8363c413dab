import type { AcceptedOrder } from '@conveyor/contracts/http';
import type { LiveEntry } from '../live/live-entries.ts';
import { Listeners } from '../parts/listeners.ts';

export interface PlacedOrder extends Pick<AcceptedOrder, 'orderId' | 'total' | 'saga' | 'broker'> {
  readonly status: string;
  readonly reason?: string;
  /** From its first state to its last, as the order service recorded them; undefined while one of them is not known. */
  readonly tookMs?: number;
}

/** The state that an order begins with, and comes to once. */
const first = 'pending';

/** What the order service has said of the state of an order. */
interface Told {
  readonly status: string;
  readonly reason?: string;
  /** When it began, if that was told. */
  readonly begunAt: number | undefined;
  readonly lastAt: number;
}

/** "cancelled: payment-declined", "reserved, to be cancelled: expired", "paid". */
export function readState(detail: string): { readonly status: string; readonly reason?: string } {
  const [, status = detail, reason] = /^([a-z]+)(?:: (.+))?/.exec(detail) ?? [];
  return { status, ...(reason && { reason }) };
}

export function isFinal(status: string): boolean {
  return status === 'completed' || status === 'cancelled';
}

/** Whether all is known of it that will ever be. */
export function isSettled({ status, tookMs }: PlacedOrder): boolean {
  return isFinal(status) && tookMs !== undefined;
}

/**
 * The orders that were placed from this page, newest first, with their state as the stream tells it. A state may be told before
 * the answer to the request is here, so those of strangers are kept for a while, too.
 */
export class PlacedOrders {
  readonly #keep: number;
  readonly #listeners = new Listeners();
  readonly #told = new Map<string, Told>();
  #orders: readonly PlacedOrder[] = [];
  #total = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  readonly subscribe = this.#listeners.subscribe;

  view = (): readonly PlacedOrder[] => this.#orders;

  /** How many were placed, also those that are not kept any more. */
  get total(): number {
    return this.#total;
  }

  add(accepted: readonly (AcceptedOrder & { readonly reason?: string })[]): void {
    const added = accepted.map(({ orderId, total, saga, broker, status, reason }) => ({
      orderId,
      total,
      saga,
      broker,
      status,
      ...(reason && { reason }),
    }));
    this.#total += added.length;
    this.#show(
      [...added.toReversed(), ...this.#orders].slice(0, this.#keep).map((order) => this.#brought(order)),
    );
  }

  note(entries: readonly LiveEntry[]): void {
    let isOurs = false;
    for (const { orderId, kind, service, detail, at } of entries) {
      if (kind !== 'state' || service !== 'order' || detail === undefined) continue;
      const time = Date.parse(at);
      const before = this.#told.get(orderId);
      // Last in, last out, also when it was there before.
      this.#told.delete(orderId);
      // Entries of several processes may come in another order than they happened.
      const isNewer = before === undefined || time >= before.lastAt;
      this.#told.set(orderId, {
        ...(isNewer ? readState(detail) : before),
        begunAt: detail === first ? time : before?.begunAt,
        lastAt: Math.max(time, before?.lastAt ?? time),
      });
      isOurs = true;
    }
    this.#forget();
    if (isOurs) this.#show(this.#orders.map((order) => this.#brought(order)));
  }

  /** Lets go of what was told of strangers, the oldest first; that of an order on show is needed for how long it takes. */
  #forget(): void {
    const tooMany = this.#told.size - 2 * this.#keep;
    if (tooMany <= 0) return;
    const ours = new Set(this.#orders.map(({ orderId }) => orderId));
    const strangers = [...this.#told.keys()].filter((orderId) => !ours.has(orderId));
    for (const orderId of strangers.slice(0, tooMany)) this.#told.delete(orderId);
  }

  #brought(order: PlacedOrder): PlacedOrder {
    const told = this.#told.get(order.orderId);
    if (!told || (isFinal(order.status) && !isFinal(told.status))) return order;
    const { status, reason, begunAt, lastAt } = told;
    if (status === order.status && (isSettled(order) || !isFinal(status))) return order;
    return {
      ...order,
      status,
      ...(reason && { reason }),
      ...(isFinal(status) && begunAt !== undefined && { tookMs: lastAt - begunAt }),
    };
  }

  #show(orders: readonly PlacedOrder[]): void {
    this.#orders = orders;
    this.#listeners.tell();
  }
}
