import { pause } from '../pause.ts';

const spacingMs = 50;

export interface Watermark {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * Commits watermarks: at most one commit under way, always the newest of each partition, at most one in 50 ms unless
 * somebody waits for it.
 */
export class Committer {
  readonly #commit: (watermarks: readonly Watermark[]) => Promise<void>;
  /** Once it fires nothing is committed any more: the partitions belong to others. */
  readonly #over: AbortSignal;
  readonly #newest = new Map<string, Watermark>();
  #isFinishing = false;
  /** Aborted: the pause before the next commit is not made, or ends now. */
  #spacing = new AbortController();
  #running: Promise<void> | undefined;

  constructor(commit: (watermarks: readonly Watermark[]) => Promise<void>, over: AbortSignal) {
    this.#commit = commit;
    this.#over = over;
    over.addEventListener('abort', () => this.hurry(), { once: true });
  }

  add(watermark: Watermark): void {
    this.#newest.set(`${watermark.topic}:${watermark.partition}`, watermark);
    this.#start();
  }

  /** What has been added is committed at once, or as soon as the commit under way has ended. */
  hurry(): void {
    this.#spacing.abort();
  }

  /** Resolves once everything added is committed, or can no longer be. */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    this.hurry();
    this.#start();
    await this.#running;
  }

  #start(): void {
    if (this.#newest.size > 0 && !this.#over.aborted) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#newest.size > 0 && !this.#over.aborted) {
      const watermarks = [...this.#newest];
      this.#spacing = new AbortController();
      try {
        await this.#commit(watermarks.map(([, watermark]) => watermark));
        for (const [name, watermark] of watermarks) {
          if (this.#newest.get(name) === watermark) this.#newest.delete(name);
        }
      } catch {
        // Tried again with whatever is newest then; if the group has moved on, whoever commits lets `over` fire.
        if (this.#isFinishing) break;
        this.#spacing = new AbortController(); // At once it would most likely fail again.
      }
      if (!this.#isFinishing) await pause(spacingMs, this.#spacing.signal);
    }
    this.#running = undefined;
  }
}

/** As kafkajs wants to have them: by topic. */
export function offsetsOf(watermarks: readonly Watermark[]) {
  const topics = Map.groupBy(watermarks, ({ topic }) => topic);
  return {
    topics: [...topics].map(([topic, marks]) => ({
      topic,
      partitions: marks.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    })),
  };
}
