/** To be called when the message has ended. */
export type Leave = () => void;

/**
 * Lets a message be handled alone in its process: while it is, nothing else begins. A process that dies
 * then was most likely killed by that message.
 *
 * A message is held responsible for so long only: one that has been in hand for `aloneMs` without harm neither keeps
 * others from beginning nor from being alone. So a charge that waits for its provider blocks nobody for long.
 */
export class Solitude {
  readonly #aloneMs: number;
  readonly #waiting: { readonly alone: boolean; readonly enter: () => void }[] = [];
  #inside = 0;
  #isAlone = false;

  constructor(aloneMs = 5_000) {
    this.#aloneMs = aloneMs;
  }

  /**
   * Waits for its turn. Whoever wants to be alone waits until all others have left, and those who come later wait behind
   * him. `onReprieve` is called when it has been in hand for so long that it is no longer held responsible.
   */
  async enter(alone: boolean, onReprieve: () => void = () => {}): Promise<Leave> {
    if (this.#waiting.length > 0 || !this.#hasRoomFor(alone)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push({ alone, enter: resolve });
      this.#admit();
      await promise;
    } else {
      this.#take(alone);
    }
    return this.#leaveOnce(alone, onReprieve);
  }

  #hasRoomFor(alone: boolean): boolean {
    return alone ? this.#inside === 0 : !this.#isAlone;
  }

  #take(alone: boolean): void {
    this.#inside += 1;
    this.#isAlone = alone;
  }

  #leaveOnce(alone: boolean, onReprieve: () => void): Leave {
    let isInside = true;
    const leave = () => {
      clearTimeout(timer);
      if (!isInside) return;
      isInside = false;
      this.#inside -= 1;
      if (alone) this.#isAlone = false;
      this.#admit();
    };
    const timer = setTimeout(() => {
      leave();
      onReprieve();
    }, this.#aloneMs);
    timer.unref();
    return leave;
  }

  /** In the order in which they came. */
  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#hasRoomFor(next.alone); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#take(next.alone);
      next.enter();
    }
  }
}
