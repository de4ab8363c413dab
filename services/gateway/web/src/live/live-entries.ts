import type { Timeline } from '@conveyor/contracts/http';
import { Listeners } from '../parts/listeners.ts';

/** An entry of the flight recorder, as the stream sends it. */
export type LiveEntry = Timeline['entries'][number] & { readonly id: string; readonly orderId: string };

export interface LiveView {
  /** Those that came since the view before this one, newest last; at most as many as are kept. */
  readonly fresh: readonly LiveEntry[];
  /** Whether others came before these that are not shown to anybody: what they told has to be asked for. */
  readonly hasGap: boolean;
  /** How many came in the last second. */
  readonly perSecond: number;
}

export interface LiveOptions {
  /** How many entries are kept until they are shown. */
  readonly keep: number;
  /** At least this long between two views. */
  readonly frameMs: number;
  readonly now: () => number;
  readonly later: (task: () => void, ms: number) => void;
}

const secondMs = 1_000;

/**
 * Gathers what the stream says and shows it as a new view at most every `frameMs`, however much comes: whoever draws
 * has one thing to do for hundreds of entries. What has been shown is let go of, and what waits is bounded by `keep`.
 */
export class LiveEntries {
  readonly #options: LiveOptions;
  readonly #listeners = new Listeners();
  #view: LiveView = { fresh: [], hasGap: false, perSecond: 0 };
  /** Not parsed yet: thousands of small tasks cost more than a large one. */
  #raw: string[] = [];
  /** Whether something that came since the last view is not there any more. */
  #hasGap = false;
  #isDue = false;
  /** When how many came, within the last second. */
  #counts: { readonly at: number; readonly count: number }[] = [];

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** Takes the `data` of one event. */
  add(raw: string): void {
    this.#raw.push(raw);
    // Of what will not be kept anyway the older half goes at once: a hidden tab draws seldom.
    if (this.#raw.length > 2 * this.#options.keep) {
      this.#raw = this.#raw.slice(-this.#options.keep);
      this.#hasGap = true;
    }
    this.#schedule();
  }

  /** To be called when what comes from now on does not follow what came before. */
  noteGap(): void {
    this.#hasGap = true;
    this.#schedule();
  }

  readonly subscribe = this.#listeners.subscribe;

  view = (): LiveView => this.#view;

  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#options.later(() => this.#show(), this.#options.frameMs);
  }

  #show(): void {
    const { keep, now } = this.#options;
    this.#isDue = false;
    const raw = this.#raw;
    const hasGap = this.#hasGap || raw.length > keep;
    this.#raw = [];
    this.#hasGap = false;
    const at = now();
    this.#counts = this.#counts.filter((each) => at - each.at < secondMs);
    if (raw.length > 0) this.#counts.push({ at, count: raw.length });
    const perSecond = this.#counts.reduce((sum, { count }) => sum + count, 0);
    this.#view = { fresh: raw.slice(-keep).flatMap(parse), hasGap, perSecond };
    this.#listeners.tell();
    // So that the rate falls to nothing when nothing comes.
    if (perSecond > 0) this.#settle();
  }

  #settle(): void {
    this.#options.later(() => {
      if (!this.#isDue && this.#view.perSecond > 0) this.#show();
    }, secondMs);
  }
}

function parse(raw: string): readonly LiveEntry[] {
  try {
    return [JSON.parse(raw) as LiveEntry];
  } catch {
    // One line that cannot be read must not stop the page.
    return [];
  }
}
