import { Committer, type Watermark } from './committer.ts';
import { OffsetTracker } from './offset-tracker.ts';

/** Per partition, messages taken and not yet known to be committed: so many times the concurrency. */
const windowFactor = 10;

/** A partition of this assignment. */
export interface AssignedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly tracker: OffsetTracker;
  /** Set while kafkajs has been told to fetch nothing more of it. */
  resume?: (() => void) | undefined;
}

/**
 * What one generation of the group gave to this consumer. It ends with the generation, and its
 * results with it: whoever has the partition next starts from what was committed until then.
 */
export class Assignment {
  readonly #window: number;
  readonly #partitions = new Map<string, AssignedPartition>();
  readonly #ended = new AbortController();
  readonly #committer: Committer;
  /** Fires when the generation is over or the consumer is stopping: nothing new is to be begun. */
  readonly over: AbortSignal;
  #progress = Promise.withResolvers<void>();

  constructor(
    concurrency: number,
    stopping: AbortSignal,
    commit: (watermarks: readonly Watermark[]) => Promise<void>,
  ) {
    this.#window = windowFactor * concurrency;
    this.over = AbortSignal.any([this.#ended.signal, stopping]);
    this.#committer = new Committer(async (watermarks) => {
      await commit(watermarks);
      this.#committed(watermarks);
    }, this.#ended.signal);
  }

  /** True when the generation is over. */
  get hasEnded(): boolean {
    return this.#ended.signal.aborted;
  }

  /** Resolves when next there may be room, or at the end. */
  get progress(): Promise<void> {
    return this.#progress.promise;
  }

  /** `end` is the offset behind the last message that is there now: whatever was handed out before, is below it. */
  partition(topic: string, partition: number, end: bigint): AssignedPartition {
    const name = nameOf(topic, partition);
    const known = this.#partitions.get(name);
    if (known) return known;
    const fresh = { topic, partition, tracker: new OffsetTracker(this.#window, end) };
    this.#partitions.set(name, fresh);
    return fresh;
  }

  done({ topic, partition, tracker }: AssignedPartition, offset: bigint): void {
    if (this.hasEnded) return;
    const watermark = tracker.done(offset);
    if (watermark !== undefined) this.#committer.add({ topic, partition, offset: watermark });
    // Only a commit makes room; the next one at its leisure would let a fast consumer wait for it.
    if (tracker.uncommitted >= this.#window / 2) this.#committer.hurry();
  }

  /** Resolves once everything done is committed. */
  finish(): Promise<void> {
    return this.#committer.finish();
  }

  end(): void {
    this.#ended.abort();
    this.#tellProgress();
  }

  #committed(watermarks: readonly Watermark[]): void {
    for (const { topic, partition, offset } of watermarks) {
      const assigned = this.#partitions.get(nameOf(topic, partition));
      assigned?.tracker.committed(offset);
      // Whoever stops takes nothing more: resumed, it would be fetched in vain again and again.
      if (!assigned?.resume || this.over.aborted || assigned.tracker.size > this.#window / 2) continue;
      assigned.resume();
      assigned.resume = undefined;
    }
    this.#tellProgress();
  }

  #tellProgress(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers<void>();
  }
}

function nameOf(topic: string, partition: number): string {
  return `${topic}:${partition}`;
}
