import { setTimeout as sleep } from 'node:timers/promises';

/** Pauses between tries: the first of `firstMs`, each later one twice as long, up to `mostMs`. */
export class GrowingPause {
  readonly #firstMs: number;
  readonly #mostMs: number;
  #nextMs: number;

  constructor(firstMs: number, mostMs: number) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#nextMs = firstMs;
  }

  /** Rejects at once with an `AbortError` when `signal` fires. */
  async wait(signal: AbortSignal): Promise<void> {
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(pauseMs * 2, this.#mostMs);
    await sleep(pauseMs, undefined, { signal });
  }

  /** To be called after a success: the next pause is a short one again. */
  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
