import { pause } from '../pause.ts';

const spacingMs = 50;

export interface Watermark {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Commits watermarks: at most one commit under way, always the newest of each partition, at most one in 50 ms. */
export class Committer {
  readonly #commit: (watermarks: readonly Watermark[]) => Promise<void>;
  /** Once it fires nothing is committed any more: the partitions belong to others. */
  readonly #over: AbortSignal;
  readonly #newest = new Map<string, Watermark>();
  readonly #hurry = new AbortController();
  readonly #noPause: AbortSignal;
  #running: Promise<void> | undefined;

  constructor(commit: (watermarks: readonly Watermark[]) => Promise<void>, over: AbortSignal) {
    this.#commit = commit;
    this.#over = over;
    this.#noPause = AbortSignal.any([this.#hurry.signal, over]);
  }

  add(watermark: Watermark): void {
    this.#newest.set(`${watermark.topic}:${watermark.partition}`, watermark);
    this.#start();
  }

  /** Resolves once everything added is committed, or can no longer be. */
  async finish(): Promise<void> {
    this.#hurry.abort();
    this.#start();
    await this.#running;
  }

  #start(): void {
    if (this.#newest.size > 0 && !this.#over.aborted) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#newest.size > 0 && !this.#over.aborted) {
      const watermarks = [...this.#newest];
      try {
        await this.#commit(watermarks.map(([, watermark]) => watermark));
        for (const [name, watermark] of watermarks) {
          if (this.#newest.get(name) === watermark) this.#newest.delete(name);
        }
      } catch {
        // Tried again with whatever is newest then; if the group has moved on, `over` fires.
        if (this.#hurry.signal.aborted) break;
      }
      await pause(spacingMs, this.#noPause);
    }
    this.#running = undefined;
  }
}
