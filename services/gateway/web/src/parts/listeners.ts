/** Those who want to know whenever something has changed, as `useSyncExternalStore` asks for it. */
export class Listeners {
  readonly #all = new Set<() => void>();

  /** Answers how to be told no more. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  };

  tell(): void {
    for (const listener of this.#all) listener();
  }
}
