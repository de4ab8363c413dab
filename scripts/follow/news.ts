import type { Entry } from './timeline.ts';

/** Tells of each look at a timeline which entries are to be printed, each once. */
export class News {
  readonly #printed = new Set<string>();
  #seen: ReadonlySet<string> = new Set();

  /**
   * Each entry is held back for one look: the services tell of what they did at their own pace, and what happened
   * before it may come in a moment later.
   */
  of(entries: readonly Entry[]): readonly Entry[] {
    const known = this.#seen;
    this.#seen = new Set(entries.map(keyOf));
    return this.#take(entries.filter((entry) => known.has(keyOf(entry))));
  }

  /** All that has not been printed yet. */
  rest(entries: readonly Entry[]): readonly Entry[] {
    return this.#take(entries);
  }

  #take(entries: readonly Entry[]): readonly Entry[] {
    const news = entries.filter((entry) => !this.#printed.has(keyOf(entry)));
    for (const entry of news) this.#printed.add(keyOf(entry));
    return news;
  }
}

function keyOf(entry: Entry): string {
  return JSON.stringify(entry);
}
