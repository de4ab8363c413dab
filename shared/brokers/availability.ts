import type { OnBrokerEvent } from './port.ts';

/** Whether a broker can be used: only when all its parts (for example two connections) are up. */
export class Availability {
  readonly #down: Set<string>;
  readonly #onEvent: OnBrokerEvent;
  #up = Promise.withResolvers<void>();
  #lastTold: string | undefined;

  constructor(parts: readonly string[], onEvent: OnBrokerEvent) {
    this.#down = new Set(parts);
    this.#onEvent = onEvent;
  }

  get isUp(): boolean {
    return this.#down.size === 0;
  }

  up(part: string): void {
    if (!this.#down.delete(part) || !this.isUp) return;
    this.#lastTold = undefined;
    this.#onEvent({ kind: 'connected' });
    this.#up.resolve();
  }

  /** Each new reason is told once: an outage of an hour is one event, not one per attempt to connect. */
  down(part: string, error: Error): void {
    if (this.isUp) this.#up = Promise.withResolvers<void>();
    this.#down.add(part);
    if (this.#lastTold === error.message) return;
    this.#lastTold = error.message;
    this.#onEvent({ kind: 'disconnected', error });
  }

  /** Resolves as soon as everything is up; rejects with the signal's reason when that fires first. */
  async wait(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!signal) return this.#up.promise;
    const given = Promise.withResolvers<never>();
    const giveUp = () => given.reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await Promise.race([this.#up.promise, given.promise]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }
}
