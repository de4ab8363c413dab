import type { AcceptedOrder, PlaceOrderBody } from '@conveyor/contracts/http';
import { inWords, isOutcomeKnown } from '../api/problem.ts';
import { count } from '../parts/formats.ts';
import { Listeners } from '../parts/listeners.ts';
import { placeMany } from './place-many.ts';

const atOnce = 16;
/** Drawing costs more than placing: not for each, but a few times a second. */
const drawMs = 200;

export interface BurstView {
  readonly isBusy: boolean;
  readonly news: string;
  /** What was said to the last one that was not placed. */
  readonly error: string | undefined;
}

export interface BurstOptions {
  /** With a `key` that it has seen before it answers as it did then, and places nothing. */
  readonly place: (body: PlaceOrderBody, key: string) => Promise<AcceptedOrder>;
  readonly onPlaced: (orders: readonly AcceptedOrder[]) => void;
}

/** How many came to what. Unknown: it may have been placed, or not. */
interface Outcomes {
  readonly placed: number;
  readonly refused: number;
  readonly unknown: number;
}

/**
 * Places orders, and tells how many. It goes on whoever looks at it, until all are placed or it is stopped; there is one at a time.
 *
 * Each order has a key, and keeps it until it is known what became of it: whoever places the same again repeats first those of
 * which nothing is known, so that none of them is placed twice.
 */
export class Burst {
  readonly #options: BurstOptions;
  readonly #listeners = new Listeners();
  #view: BurstView = { isBusy: false, news: '', error: undefined };
  #stopping = new AbortController();
  /** What was ordered → the keys of those of which nothing is known. */
  readonly #open = new Map<string, readonly string[]>();

  constructor(options: BurstOptions) {
    this.#options = options;
  }

  readonly subscribe = this.#listeners.subscribe;

  view = (): BurstView => this.#view;

  /** Resolves when it has ended. While another is under way none is begun. */
  async start(times: number, body: PlaceOrderBody): Promise<void> {
    if (this.#view.isBusy) return;
    const { place, onPlaced } = this.#options;
    this.#stopping = new AbortController();
    this.#show({ ...this.#view, isBusy: true, error: undefined });
    const began = performance.now();
    const order = JSON.stringify(body);
    const open = [...(this.#open.get(order) ?? [])];
    const unknown: string[] = [];
    let [done, failed] = [0, 0];
    let error: string | undefined;
    let fresh: AcceptedOrder[] = [];
    const show = (isBusy: boolean) => {
      onPlaced(fresh);
      fresh = [];
      const outcomes = { placed: done, refused: failed - unknown.length, unknown: unknown.length };
      const seconds = isBusy ? undefined : (performance.now() - began) / 1_000;
      this.#show({ isBusy, news: newsOf(times, outcomes, seconds), error });
    };
    const placeOne = async () => {
      const key = open.shift() ?? crypto.randomUUID();
      try {
        return await place(body, key);
      } catch (failure) {
        if (!isOutcomeKnown(failure)) unknown.push(key);
        throw failure;
      }
    };
    const drawing = setInterval(() => show(true), drawMs);
    await placeMany({
      count: times,
      atOnce,
      one: placeOne,
      onResult: (accepted) => {
        done += 1;
        fresh.push(accepted);
      },
      onError: (failure) => {
        failed += 1;
        error = isOutcomeKnown(failure) ? inWords(failure) : `${inWords(failure)} ${openWords}`;
      },
      signal: this.#stopping.signal,
    });
    clearInterval(drawing);
    const left = [...unknown, ...open];
    if (left.length > 0) this.#open.set(order, left);
    else this.#open.delete(order);
    show(false);
  }

  /** None is begun any more; those under way are waited for. */
  stop(): void {
    this.#stopping.abort();
  }

  #show(view: BurstView): void {
    this.#view = view;
    this.#listeners.tell();
  }
}

const openWords = 'Whether it was placed is not known; placed again, it is not placed twice.';

/** Nothing of a single one: it shows among those placed. With `seconds`: that is how long they took. */
function newsOf(times: number, { placed, refused, unknown }: Outcomes, seconds: number | undefined): string {
  if (times === 1) return '';
  const news = [
    `${count(placed)} of ${count(times)} placed`,
    ...(refused > 0 ? [`${count(refused)} refused`] : []),
    ...(unknown > 0 ? [`${count(unknown)} unknown`] : []),
  ].join(', ');
  if (seconds === undefined || placed === 0) return news;
  return `${news} in ${seconds.toFixed(1)} s, ${Math.round(placed / seconds)} a second`;
}
