import { fingerprint } from './differences.ts';
import type { RecordedEvent } from './recorded-event.ts';

/** As many as an array can hold: who claims a higher version has made it up. */
const highestVersion = 2 ** 32 - 1;

/** Of each order a number per version. Some hundred bytes for an order, whatever is in its events. */
export class Fingerprints {
  readonly #orders = new Map<string, number[]>();
  readonly #odd = new Set<string>();

  /** An event may come more than once; if it says something else then, the order is odd. */
  add(orderId: string, event: RecordedEvent): void {
    if (event.version > highestVersion) {
      this.addOdd(orderId);
      return;
    }
    const known = this.#orders.get(orderId) ?? [];
    this.#orders.set(orderId, known);
    const place = event.version - 1;
    const print = fingerprint(event);
    known[place] ??= print;
    if (known[place] !== print) this.#odd.add(orderId);
  }

  /** Something about this order could not be understood. */
  addOdd(orderId: string): void {
    this.#orders.set(orderId, this.#orders.get(orderId) ?? []);
    this.#odd.add(orderId);
  }

  /** Whether exactly these events were added, and forgets the order. */
  takeEqual(orderId: string, version: number, events: readonly RecordedEvent[]): boolean {
    const known = this.#orders.get(orderId) ?? [];
    const isOdd = this.#odd.has(orderId);
    this.#orders.delete(orderId);
    return (
      !isOdd &&
      events.length === version &&
      known.length === version &&
      events.every((event, index) => event.version === index + 1 && fingerprint(event) === known[index])
    );
  }

  /** The orders that were added and not yet taken. */
  get left(): readonly string[] {
    return [...this.#orders.keys()];
  }
}
