import { Committer, type Watermark } from './committer.ts';
import { OffsetTracker } from './offset-tracker.ts';

/** Per partition, messages taken and not yet below the watermark: so many times the concurrency. */
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
    this.#committer = new Committer(commit, this.#ended.signal);
  }

  /** True when the generation is over. */
  get hasEnded(): boolean {
    return this.#ended.signal.aborted;
  }

  /** Resolves when next a message is done, or at the end. */
  get progress(): Promise<void> {
    return this.#progress.promise;
  }

  partition(topic: string, partition: number): AssignedPartition {
    const name = `${topic}:${partition}`;
    const known = this.#partitions.get(name);
    if (known) return known;
    const fresh = { topic, partition, tracker: new OffsetTracker(this.#window) };
    this.#partitions.set(name, fresh);
    return fresh;
  }

  done(assigned: AssignedPartition, offset: bigint): void {
    if (this.hasEnded) return;
    const { topic, partition, tracker } = assigned;
    const watermark = tracker.done(offset);
    if (watermark !== undefined) this.#committer.add({ topic, partition, offset: watermark });
    if (assigned.resume && tracker.size <= this.#window / 2) {
      assigned.resume();
      assigned.resume = undefined;
    }
    this.#tellProgress();
  }

  /** Resolves once everything done is committed. */
  finish(): Promise<void> {
    return this.#committer.finish();
  }

  end(): void {
    this.#ended.abort();
    this.#tellProgress();
  }

  #tellProgress(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers<void>();
  }
}
