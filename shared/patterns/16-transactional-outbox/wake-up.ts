/** Something to wait for that is not missed when it happens too early, and counts once however often it happens. */
export class WakeUp {
  #called = false;
  #wake: (() => void) | undefined;

  /** True when called since the last `forget`. */
  get called(): boolean {
    return this.#called;
  }

  call(): void {
    this.#called = true;
    this.#wake?.();
  }

  forget(): void {
    this.#called = false;
  }

  /** Resolves once called (at once if that was before), after `timeoutMs`, or when `signal` fires. For one waiter at a time. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.#called || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const timer = setTimeout(wake, timeoutMs);
    signal.addEventListener('abort', wake);
    this.#wake = wake;
    await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
    this.#wake = undefined;
  }
}
