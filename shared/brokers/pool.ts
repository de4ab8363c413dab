import { WeightedQueue } from './weighted-queue.ts';

interface Piece {
  readonly lane: unknown;
  readonly work: () => Promise<void>;
  readonly share: number;
  readonly heldUntil: () => Promise<void> | undefined;
}

/**
 * Runs work: at most `limit` pieces at once, and the pieces of one lane strictly one after another
 * in the order in which they were added. A slow lane holds up nobody else while slots are free.
 *
 * Pieces may be of different shares. Free slots are then dealt out in that proportion among those that are ready:
 * of every 13 begun, 9 of share 9, 3 of share 3, 1 of share 1. So the last still moves, and a share that has
 * nothing ready leaves its slots to the others.
 */
export class Pool {
  readonly #ready = new WeightedQueue<Piece>();
  /** Lanes with a piece that runs or is ready, and the pieces behind it. */
  readonly #behind = new Map<unknown, Piece[]>();
  #free: number;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(limit: number) {
    this.#free = limit;
  }

  /**
   * `work` must not reject. A lane is known by identity, so a new object is a lane of its own. `share` is a whole
   * number, at least 1. While `heldUntil` says until when, the piece is not begun, nor are those behind it; it takes up no slot.
   */
  add(
    lane: unknown,
    work: () => Promise<void>,
    share = 1,
    heldUntil: () => Promise<void> | undefined = () => undefined,
  ): void {
    const piece = { lane, work, share, heldUntil };
    const behind = this.#behind.get(lane);
    if (behind) {
      behind.push(piece);
      return;
    }
    this.#behind.set(lane, []);
    this.#makeReady(piece);
  }

  /** Resolves once nothing runs or waits. */
  async idle(): Promise<void> {
    if (this.#behind.size === 0) return;
    this.#idle ??= Promise.withResolvers<void>();
    await this.#idle.promise;
  }

  #makeReady(piece: Piece): void {
    this.#ready.push(piece, piece.share);
    this.#startReady();
  }

  #startReady(): void {
    while (this.#free > 0) {
      const piece = this.#ready.shift();
      if (!piece) return;
      const held = piece.heldUntil();
      if (held) {
        void held.then(() => this.#makeReady(piece));
        continue;
      }
      this.#free--;
      void this.#run(piece);
    }
  }

  async #run({ lane, work }: Piece): Promise<void> {
    await work();
    this.#free++;
    const next = this.#behind.get(lane)?.shift();
    if (next) this.#ready.push(next, next.share);
    else this.#behind.delete(lane);
    this.#startReady();
    if (this.#behind.size === 0) {
      this.#idle?.resolve();
      this.#idle = undefined;
    }
  }
}
