/**
 * What somebody closes who wants a consumer to take nothing for a while, whatever else holds it up or lets it go on. One gate
 * may stand before several consumers. A lost connection, a rebalance, a partition that has room again do not open it.
 */
export class Gate {
  #opened: PromiseWithResolvers<void> | undefined;
  #changed = Promise.withResolvers<void>();

  get isClosed(): boolean {
    return this.#opened !== undefined;
  }

  /** Resolves once it is open: at once if it is. */
  get opened(): Promise<void> {
    return this.#opened?.promise ?? Promise.resolve();
  }

  /** Resolves when next it is opened or closed. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  close(): void {
    if (this.#opened) return;
    this.#opened = Promise.withResolvers<void>();
    this.#tellChanged();
  }

  open(): void {
    this.#opened?.resolve();
    if (!this.#opened) return;
    this.#opened = undefined;
    this.#tellChanged();
  }

  #tellChanged(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/** Waits until `gate` is open, or `signal` fires. */
export async function passed(gate: Gate, signal: AbortSignal): Promise<void> {
  await untilOver(gate.opened, signal);
}

/** Waits for `event`, or until `signal` fires. */
export async function untilOver(event: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const over = Promise.withResolvers<void>();
  const end = () => over.resolve();
  signal.addEventListener('abort', end, { once: true });
  try {
    await Promise.race([event, over.promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
