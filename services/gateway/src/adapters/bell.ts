/** Tells all who wait that there is something new. */
export class Bell {
  #next = Promise.withResolvers<void>();

  ring(): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers<void>();
    resolve();
  }

  /** Resolves at the next ring. Take it before you look, so that none is missed in between. */
  next(): Promise<void> {
    return this.#next.promise;
  }
}
