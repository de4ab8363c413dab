import { Listeners } from '../parts/listeners.ts';

export type ConnectionState = 'connecting' | 'open' | 'lost';

/** As much of an EventSource as is needed. */
export interface Source {
  readonly readyState: number;
  readonly CLOSED: number;
  addEventListener(type: string, listener: (event: MessageEvent) => void): void;
  close(): void;
}

export interface StreamConnectionOptions {
  readonly openSource: (url: string) => Source;
  /** The page that it is for: whether it is seen. */
  readonly page: Pick<Document, 'hidden' | 'addEventListener'>;
  readonly onEntry: (data: string) => void;
  /** Called when entries are passed over: those that follow come after some that are never heard. */
  readonly onGap: () => void;
  readonly later: (task: () => void, ms: number) => void;
}

/** What the stream says first: from where on it tells, and up to where there is something to tell. */
interface Place {
  readonly from: number;
  readonly last: number;
}

const path = '/api/stream?with=place';
/** Whoever has missed more than this begins at the end: it would be told for a long time what nobody looks at any more. */
const mostMissed = 5_000;
const comeBackMs = 2_000;

/**
 * The one connection of the page. It is given back while nobody sees the page: a browser has six to one server for all its tabs
 * together. Whoever looks again gets what has happened since, or, after a long while, what happens from now on.
 */
export class StreamConnection {
  readonly #options: StreamConnectionOptions;
  readonly #listeners = new Listeners();
  #state: ConnectionState = 'connecting';
  #source: Source | undefined;
  /** Up to where the page has read. */
  #place = '';

  constructor(options: StreamConnectionOptions) {
    this.#options = options;
  }

  open(): void {
    const { page } = this.#options;
    page.addEventListener('visibilitychange', () => (page.hidden ? this.#disconnect() : this.#connect()));
    this.#connect();
  }

  readonly subscribe = this.#listeners.subscribe;

  state = (): ConnectionState => this.#state;

  /** The browser comes back by itself, and says up to where it has read. */
  #connect(): void {
    const { openSource, page, onEntry, onGap, later } = this.#options;
    if (this.#source || page.hidden) return;
    const source = openSource(this.#place ? `${path}&after=${this.#place}` : path);
    this.#source = source;
    source.addEventListener('open', () => this.#tell('open'));
    source.addEventListener('error', () => {
      this.#tell('lost');
      if (source.readyState !== source.CLOSED) return;
      // An answer that is no stream ends it for good, as the browser sees it; the gateway may be starting.
      this.#disconnect();
      later(() => this.#connect(), comeBackMs);
    });
    // A place alone is no event to the browser, which would keep it to itself until the first entry comes.
    source.addEventListener('place', ({ data }) => {
      const { from, last } = JSON.parse(String(data)) as Place;
      this.#place = String(from);
      if (last - from <= mostMissed) return;
      this.#place = '';
      onGap();
      this.#disconnect();
      this.#connect();
    });
    source.addEventListener('message', ({ data, lastEventId }) => {
      this.#place = lastEventId;
      onEntry(String(data));
    });
  }

  #disconnect(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #tell(state: ConnectionState): void {
    this.#state = state;
    this.#listeners.tell();
  }
}
