import type { AcceptedOrder, PlaceOrderBody } from '@conveyor/contracts/http';
import { inWords } from '../api/problem.ts';
import { count } from '../parts/formats.ts';
import { placeMany } from './place-many.ts';

const atOnce = 16;
/** Drawing costs more than placing: not for each, but a few times a second. */
const drawMs = 200;

export interface BurstView {
  readonly isBusy: boolean;
  readonly news: string;
  /** What was said to the last one that was refused. */
  readonly error: string | undefined;
}

export interface BurstOptions {
  readonly place: (body: PlaceOrderBody) => Promise<AcceptedOrder>;
  readonly onPlaced: (orders: readonly AcceptedOrder[]) => void;
}

/** Places orders, and tells how many. It goes on whoever looks at it, until all are placed or it is stopped; there is one at a time. */
export class Burst {
  readonly #options: BurstOptions;
  readonly #listeners = new Set<() => void>();
  #view: BurstView = { isBusy: false, news: '', error: undefined };
  #stopping = new AbortController();

  constructor(options: BurstOptions) {
    this.#options = options;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  view = (): BurstView => this.#view;

  /** Resolves when it has ended. While another is under way none is begun. */
  async start(times: number, body: PlaceOrderBody): Promise<void> {
    if (this.#view.isBusy) return;
    const { place, onPlaced } = this.#options;
    this.#stopping = new AbortController();
    this.#show({ ...this.#view, isBusy: true, error: undefined });
    const began = performance.now();
    let [done, failed] = [0, 0];
    let error: string | undefined;
    let fresh: AcceptedOrder[] = [];
    const show = (isBusy: boolean) => {
      onPlaced(fresh);
      fresh = [];
      const seconds = isBusy ? undefined : (performance.now() - began) / 1_000;
      this.#show({ isBusy, news: newsOf(times, done, failed, seconds), error });
    };
    const drawing = setInterval(() => show(true), drawMs);
    await placeMany({
      count: times,
      atOnce,
      one: () => place(body),
      onResult: (order) => {
        done += 1;
        fresh.push(order);
      },
      onError: (failure) => {
        failed += 1;
        error = inWords(failure);
      },
      signal: this.#stopping.signal,
    });
    clearInterval(drawing);
    show(false);
  }

  /** None is begun any more; those under way are waited for. */
  stop(): void {
    this.#stopping.abort();
  }

  #show(view: BurstView): void {
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }
}

/** Nothing of a single one: it shows among those placed. With `seconds`: that is how long they took. */
function newsOf(times: number, done: number, failed: number, seconds: number | undefined): string {
  if (times === 1) return '';
  const news = `${count(done)} of ${count(times)} placed${failed ? `, ${count(failed)} refused` : ''}`;
  if (seconds === undefined || done === 0) return news;
  return `${news} in ${seconds.toFixed(1)} s, ${Math.round(done / seconds)} a second`;
}
