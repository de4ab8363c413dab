/** Tells all who wait that there is something new. */
export class Bell {
  #rings = 0;
  /** How each wait that is under way is ended. */
  readonly #waits = new Set<() => void>();

  ring(): void {
    this.#rings += 1;
    for (const end of this.#waits) end();
  }

  /** How often it was rung. Note it before you look, so that no ring is missed in between. */
  get rings(): number {
    return this.#rings;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waits.size;
  }

  /**
   * Resolves once it has been rung more often than `rings` times, after `ms`, or when `signal` fires. Then nothing of the wait is
   * left: a promise until the next ring would gather a reaction from each who looks, for as long as nothing happens.
   */
  wait(rings: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#rings > rings || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        this.#waits.delete(end);
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
      this.#waits.add(end);
    });
  }
}
