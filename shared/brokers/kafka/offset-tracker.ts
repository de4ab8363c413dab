/**
 * Which messages of one partition are in hand, and how far everything is done. Kafka knows one
 * number per partition ("everything below it is done"), so a message that is done while an earlier
 * one is in hand must not be committed yet: a crash would skip the earlier one.
 *
 * It begins with its assignment, at what was committed then.
 */
export class OffsetTracker {
  readonly #limit: number;
  readonly #end: bigint;
  /** In the order taken, which is the order of offsets. True once done. */
  readonly #taken = new Map<bigint, boolean>();
  /** Below the watermark but not known to be committed, in the same order. */
  readonly #uncommitted = new Set<bigint>();
  #count = 0;

  /**
   * `limit` bounds how many messages may be handled again after a crash. `end` is the offset behind the last
   * message that was there when the assignment began, or a later one.
   */
  constructor(limit: number, end: bigint) {
    this.#limit = limit;
    this.#end = end;
  }

  /** Messages taken and not known to be committed: those that would come again after a crash. */
  get size(): number {
    return this.#taken.size + this.#uncommitted.size;
  }

  get hasRoom(): boolean {
    return this.size < this.#limit;
  }

  /** Messages that could be committed. */
  get uncommitted(): number {
    return this.#uncommitted.size;
  }

  /**
   * Whether the message that is taken next may have been taken before, by whoever had the partition then. He was never ahead of
   * the end, unless he was cut off from his group alone and went on; nor more than `limit` messages ahead of what is committed,
   * unless his limit was higher: a lower one should be set while nothing waits.
   */
  mayBeRepeated(offset: bigint): boolean {
    return this.#count < this.#limit && offset < this.#end;
  }

  take(offset: bigint): void {
    this.#taken.set(offset, false);
    this.#count++;
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
      this.#uncommitted.add(taken);
      watermark = taken + 1n;
    }
    return watermark;
  }

  /** Tells that `watermark` has been committed. */
  committed(watermark: bigint): void {
    for (const offset of this.#uncommitted) {
      if (offset >= watermark) break;
      this.#uncommitted.delete(offset);
    }
  }
}
