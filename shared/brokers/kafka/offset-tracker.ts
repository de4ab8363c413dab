/**
 * Which messages of one partition are in hand, and how far everything is done. Kafka knows one
 * number per partition ("everything below it is done"), so a message that is done while an earlier
 * one is in hand must not be committed yet: a crash would skip the earlier one.
 */
export class OffsetTracker {
  readonly #limit: number;
  /** In the order taken, which is the order of offsets. True once done. */
  readonly #taken = new Map<bigint, boolean>();

  /** `limit` bounds how many messages may be handled again after a crash. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Messages taken and not yet below the watermark. */
  get size(): number {
    return this.#taken.size;
  }

  get hasRoom(): boolean {
    return this.#taken.size < this.#limit;
  }

  take(offset: bigint): void {
    this.#taken.set(offset, false);
  }

  /**
   * Marks a message as done. Answers the offset to commit when the watermark has moved: the one
   * *after* the last of which all are done, since Kafka is told where to go on.
   */
  done(offset: bigint): bigint | undefined {
    this.#taken.set(offset, true);
    let watermark: bigint | undefined;
    for (const [taken, isDone] of this.#taken) {
      if (!isDone) break;
      this.#taken.delete(taken);
      watermark = taken + 1n;
    }
    return watermark;
  }
}
